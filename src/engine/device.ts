import { availableParallelism } from 'node:os';
import type { InferenceSession } from 'onnxruntime-node';

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

/**
 * No GPU provider is backed by another one. Buffers of every size that a session needs are kept until it closes: its shapes hardly
 * change, and by default large ones were made anew at each step, which takes longer than what is computed in them.
 */
export function providersOf(device: Device): InferenceSession.ExecutionProviderConfig[] {
  return device === 'webgpu' ? [{ name: 'webgpu', storageBufferCacheMode: 'simple' }] : [device];
}

/** The engine's CPU takes over single operators that a GPU provider lacks, unless it is forbidden to. */
export function placementOf(device: Device): Record<string, string> {
  return device === 'cpu' ? {} : { disable_cpu_ep_fallback: '1' };
}
