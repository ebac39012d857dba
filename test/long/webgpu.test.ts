import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { train } from '../../src/index.js';
import { readModel } from '../../src/model/model-file.js';
import { projectRoot } from '../shared.js';

/** A software Vulkan device that Debian's chromium brings; slow, but a real one. */
const swiftShader = '/usr/lib/chromium/vk_swiftshader_icd.json';
const skip = existsSync(swiftShader)
  ? false
  : "needs SwiftShader (Debian's packages chromium and libvulkan1)";

test('three training steps on WebGPU give the weights that the CPU gives', { skip }, async () => {
  process.env.VK_DRIVER_FILES = swiftShader;
  process.env.VK_ICD_FILENAMES = swiftShader;
  const folder = mkdtempSync(join(tmpdir(), 'cellcrate-test-'));
  const data = join(projectRoot, 'data', 'simulated_small.h5ad');
  const weightsOn = async (device: 'cpu' | 'webgpu') => {
    const out = join(folder, device);
    await train(data, { out, labelKeys: ['cell_type'], steps: 3, batchSize: 32, genes: 200, device });
    return (await readModel(join(out, 'model.safetensors'))).weights;
  };
  try {
    const [onCpu, onGpu] = [await weightsOn('cpu'), await weightsOn('webgpu')];
    for (const [part, weights] of onCpu) {
      for (const [name, values] of weights) {
        const other = onGpu.get(part)!.get(name)!;
        values.forEach((value, i) => {
          assert.ok(Math.abs(value - other[i]) < 1e-3, `${part}.${name}[${i}]: ${other[i]}, not ${value}`);
        });
      }
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
