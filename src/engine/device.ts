import { availableParallelism } from 'node:os';

/** Where sessions run. WebGPU comes with the engine; CUDA needs libraries that are installed apart. */
export type Device = 'cpu' | 'webgpu' | 'cuda';

export interface EngineOptions {
  readonly device: Device;
  /** CPU threads inside one operator. */
  readonly threads: number;
}

/** As many threads as processors, at most eight: beyond that small matrices only wait for each other. */
export function defaultThreads(): number {
  return Math.min(availableParallelism(), 8);
}

/** An empty list is the engine's CPU; no GPU provider is backed by another, so that nothing falls back unnoticed. */
export function providersOf(device: Device): string[] {
  return [device];
}
