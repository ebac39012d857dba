import assert from 'node:assert/strict';
import { join } from 'node:path';
import { readSafetensors } from '../../src/io/safetensors.js';

/** Every array of a run's model by name, averages and standardisation included. */
export async function trainedTensors(run: string): Promise<Map<string, Float32Array>> {
  const { tensors } = await readSafetensors(join(run, 'model.safetensors'));
  assert.ok(tensors.size > 0);
  return new Map([...tensors].map(([name, { data }]) => [name, data as Float32Array]));
}
