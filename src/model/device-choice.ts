import { type Device, defaultThreads, type EngineOptions } from '../engine/device.js';
import type { DeviceChoice } from './choices.js';

/** The engine for a choice of device; 'auto' is the CPU, which every machine has. */
export function engineFor(device: DeviceChoice | undefined, threads: number | undefined): EngineOptions {
  const chosen: Device = device === undefined || device === 'auto' ? 'cpu' : device;
  return { device: chosen, threads: threads ?? defaultThreads() };
}
