import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { denseRows, toCsr } from '../../src/counts/csr.js';
import { EngineError } from '../../src/engine/errors.js';
import { Program } from '../../src/graph/program.js';
import { input, operation } from '../../src/graph/tensor.js';
import { generate, train } from '../../src/index.js';
import { readH5ad } from '../../src/io/read.js';
import type { PresetName } from '../../src/model/description.js';
import { readModel } from '../../src/model/model-file.js';
import { smallTissue, workplace } from './small-tissue.js';

/** A software Vulkan device that Debian's chromium brings; slow, but a real one. */
const swiftShader = '/usr/lib/chromium/vk_swiftshader_icd.json';
/** With CELLCRATE_GPU set, the machine's own GPU is taken, and every preset. */
const ownGpu = process.env.CELLCRATE_GPU !== undefined;
const skip =
  ownGpu || existsSync(swiftShader)
    ? false
    : "needs a WebGPU device: SwiftShader (Debian's packages chromium and libvulkan1), or a GPU and CELLCRATE_GPU=1";
const presets: readonly PresetName[] = ownGpu ? ['crate', 'latent-dit', 'wbdit', 'dit'] : ['crate'];

if (!ownGpu) {
  process.env.VK_DRIVER_FILES = swiftShader;
  process.env.VK_ICD_FILENAMES = swiftShader;
}

const TOLERANCE = 1e-3;

for (const preset of presets) {
  test(`${preset} learns and generates on WebGPU what it does on the CPU`, { skip }, async (t) => {
    const { data, folder } = await workplace(t, smallTissue({ genes: 60 }));
    const trainOn = async (device: 'cpu' | 'webgpu') => {
      const out = join(folder, device);
      const options = { steps: 2, batchSize: 16, heldOut: 0, threads: 2 };
      await train(data, { out, preset, labelKeys: ['cell_type'], device, ...options });
      return (await readModel(join(out, 'model.safetensors'))).weights;
    };
    const [onCpu, onGpu] = [await trainOn('cpu'), await trainOn('webgpu')];
    for (const [part, weights] of onCpu) {
      for (const [name, values] of weights) {
        assertClose(onGpu.get(part)!.get(name)!, values, `${part}.${name}`);
      }
    }
    // From the same weights, so that only sampling is compared.
    const cellsOn = async (device: 'cpu' | 'webgpu') => {
      const out = join(folder, `${device}.h5ad`);
      await generate(join(folder, 'cpu'), { out, n: 10, steps: 2, sampler: 'dpmpp', device, threads: 2 });
      const { X, layers } = await readH5ad(out);
      const { rows, cols, ...values } = toCsr(layers.get('counts') ?? X!);
      const dense = new Float32Array(rows * cols);
      denseRows(
        { rows, cols, ...values },
        Int32Array.from({ length: rows }, (_, i) => i),
        dense,
      );
      return dense;
    };
    const [expected, actual] = [await cellsOn('cpu'), await cellsOn('webgpu')];
    // A count is drawn: where a probability moves by a bit, a draw on its edge falls to the other side.
    const others = expected.filter((value, i) => Math.abs(actual[i] - value) >= TOLERANCE).length;
    const allowed = preset === 'crate' || preset === 'latent-dit' ? expected.length / 1000 : 0;
    assert.ok(others <= allowed, `${others} of ${expected.length} values differ`);
  });
}

test('an operator that the GPU lacks is an error, and not left to the CPU unnoticed', { skip }, async () => {
  const x = input('x', [4]);
  // ONNX Runtime has no Sign for WebGPU.
  const sign = operation('Sign', [x], [4], {}, () => [null]);
  const compiled = Program.compile({ sign }, { device: 'webgpu', threads: 1 });
  await assert.rejects(compiled, (error) => error instanceof EngineError && error.during === 'load');
});

function assertClose(actual: ArrayLike<number>, expected: ArrayLike<number>, name: string): void {
  assert.equal(actual.length, expected.length);
  for (let i = 0; i < expected.length; i++) {
    const off = Math.abs(actual[i] - expected[i]);
    assert.ok(off < TOLERANCE, `${name}[${i}]: ${actual[i]}, not ${expected[i]}`);
  }
}
