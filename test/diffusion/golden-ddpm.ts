import { join } from 'node:path';
import { readSafetensors } from '../../src/io/safetensors.js';
import { projectRoot } from '../shared.js';

/** The published code's numbers (schedule, forward draw, single sampler steps), by name. */
export async function goldenDdpm(): Promise<Record<string, Float32Array>> {
  const { tensors } = await readSafetensors(
    join(projectRoot, 'test', 'fixtures', 'golden', 'ddpm.safetensors'),
  );
  return Object.fromEntries([...tensors].map(([name, { data }]) => [name, Float32Array.from(data, Number)]));
}

/** The largest absolute difference of two arrays of one length. */
export function largestDifference(a: ArrayLike<number>, b: ArrayLike<number>): number {
  if (a.length !== b.length) return Number.POSITIVE_INFINITY;
  return Array.from(a).reduce((worst, value, i) => Math.max(worst, Math.abs(value - b[i])), 0);
}
