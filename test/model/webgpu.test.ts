import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { InferenceSession } from 'onnxruntime-node';
import { trainingStages } from '../../bench/training-stages.js';
import { denseRows, toCsr } from '../../src/counts/csr.js';
import { placementOf, providersOf } from '../../src/engine/device.js';
import { EngineError } from '../../src/engine/errors.js';
import { value } from '../../src/engine/session.js';
import { gradients } from '../../src/graph/autodiff.js';
import { toOnnx } from '../../src/graph/onnx.js';
import { Program } from '../../src/graph/program.js';
import { input, operation } from '../../src/graph/tensor.js';
import { type TrainingState, TrainingStep } from '../../src/graph/training-step.js';
import { generate, train } from '../../src/index.js';
import { readH5ad } from '../../src/io/read.js';
import type { PresetName } from '../../src/model/description.js';
import type { Stage } from '../../src/model/stage.js';
import { startOf, stepOptions } from '../../src/model/training-loop.js';
import { temporaryFolder } from '../temporary-folder.js';
import { smallTissue, workplace } from './small-tissue.js';

/** A software Vulkan device that Debian's chromium brings, and the loader that it needs; slow, but a real one. */
const swiftShader = '/usr/lib/chromium/vk_swiftshader_icd.json';
const loaders = ['x86_64-linux-gnu', 'aarch64-linux-gnu'].map((place) => `/usr/lib/${place}/libvulkan.so.1`);
/** With CELLCRATE_GPU set, the machine's own GPU is taken, and every preset. */
const ownGpu = process.env.CELLCRATE_GPU !== undefined;
const skip =
  ownGpu || (existsSync(swiftShader) && loaders.some((loader) => existsSync(loader)))
    ? false
    : "needs a WebGPU device: SwiftShader (Debian's packages chromium and libvulkan1), or a GPU and CELLCRATE_GPU=1";
const presets: readonly PresetName[] = ownGpu ? ['crate', 'latent-dit', 'wbdit', 'dit'] : ['crate'];

if (!ownGpu) {
  process.env.VK_DRIVER_FILES = swiftShader;
  process.env.VK_ICD_FILENAMES = swiftShader;
}

type Device = 'cpu' | 'webgpu';
/** Of a value as a share of the largest one of its tensor. */
const TOLERANCE = 1e-3;
/** One number for all genes and cells, whose shares in its gradient all but cancel. */
const EXPONENT_TOLERANCE = 0.01;
const threads = 2;

for (const preset of presets) {
  test(`the gradients of ${preset} on WebGPU are the CPU's`, { skip }, async (t) => {
    for (const stage of await trainingStages(preset, temporaryFolder(t), 300)) {
      const [onCpu, onGpu] = [await firstStep(stage, 'cpu'), await firstStep(stage, 'webgpu')];
      assert.ok(Math.abs(onGpu.loss - onCpu.loss) < TOLERANCE * Math.abs(onCpu.loss), `${stage.name}: loss`);
      // After one step the first moments are a tenth of the gradients; weights move by the sign of these alone.
      for (const [name, expected] of onCpu.state.firstMoments) {
        const actual = onGpu.state.firstMoments.get(name)!;
        const tolerance = name === 'readout.exponent' ? EXPONENT_TOLERANCE : TOLERANCE;
        const largest = expected.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
        expected.forEach((value, i) => {
          const off = Math.abs(actual[i] - value);
          const place = `${stage.name}: ${name}[${i}]`;
          assert.ok(off <= tolerance * largest + 1e-12, `${place}: ${actual[i]}, not ${value}`);
        });
      }
    }
  });

  test(`${preset} learns on WebGPU, and draws the CPU's cells there`, { skip }, async (t) => {
    const { data, folder } = await workplace(t, smallTissue({ genes: 60 }));
    const trainOn = async (device: Device) => {
      const options = { steps: 2, batchSize: 16, heldOut: 0, threads };
      const out = join(folder, device);
      return train(data, { out, preset, labelKeys: ['cell_type'], device, ...options });
    };
    const [onCpu, onGpu] = [await trainOn('cpu'), await trainOn('webgpu')];
    for (const [i, { name, finalLoss }] of onCpu.stages.entries()) {
      assert.ok(
        Math.abs(onGpu.stages[i].finalLoss - finalLoss) < TOLERANCE * Math.abs(finalLoss),
        `${name}: loss`,
      );
    }
    // From the same weights, so that only sampling is compared.
    const cellsOn = async (device: Device) => {
      const out = join(folder, `${device}.h5ad`);
      await generate(join(folder, 'cpu'), { out, n: 10, steps: 2, sampler: 'dpmpp', device, threads });
      const { X, layers } = await readH5ad(out);
      const cells = toCsr(layers.get('counts') ?? X!);
      const dense = new Float32Array(cells.rows * cells.cols);
      denseRows(
        cells,
        Int32Array.from({ length: cells.rows }, (_, row) => row),
        dense,
      );
      return dense;
    };
    const [expected, actual] = [await cellsOn('cpu'), await cellsOn('webgpu')];
    // A count is drawn: where a probability moves by a bit, a draw on its edge falls to the other side.
    const allowed = preset === 'crate' || preset === 'latent-dit' ? 1 : 0;
    const others = expected.filter((value, i) => Math.abs(actual[i] - value) >= TOLERANCE).length;
    assert.ok(others <= allowed, `${others} of ${expected.length} values differ`);
  });
}

test('every operator of a step of each stage is placed on the GPU', { skip }, async (t) => {
  const folder = temporaryFolder(t);
  for (const stage of await trainingStages('crate', folder, 300, { genes: 100 })) {
    const names = stage.params.map(({ name }) => name);
    const slopes = gradients(
      stage.loss,
      stage.params.map(({ tensor }) => tensor),
    );
    const outputs = { loss: stage.loss, ...Object.fromEntries(slopes.map((g, i) => [`d ${names[i]}`, g])) };
    const session = await InferenceSession.create(toOnnx(outputs).bytes, {
      executionProviders: providersOf('webgpu'),
      enableProfiling: true,
      profileFilePrefix: join(folder, stage.name),
      logSeverityLevel: 4,
      extra: { session: placementOf('webgpu') },
    });
    const cells = Int32Array.from({ length: stage.recipe.batchSize }, (_, i) => i % 300);
    const { weights } = startOf(stage, 0).state;
    const feeds = [
      ...Object.entries(stage.feeds(cells, 0)).map(([name, { data, shape }]) => [name, value(data, shape)]),
      ...stage.params.map(({ name, tensor: { shape } }) => [
        name,
        value(weights.get(name)!, shape as readonly number[]),
      ]),
    ];
    await session.run(Object.fromEntries(feeds));
    session.endProfiling();
    await session.release();
    const [profile] = readdirSync(folder).filter((name) => name.startsWith(`${stage.name}_`));
    const events = JSON.parse(readFileSync(join(folder, profile), 'utf8')) as ProfileEvent[];
    const placements = new Map(
      events.flatMap(({ name, args }) => (args?.provider ? [[name, args.provider] as const] : [])),
    );
    assert.ok(placements.size > 100, `${stage.name}: ${placements.size} operators`);
    assert.deepEqual(new Set(placements.values()), new Set(['WebGpuExecutionProvider']), stage.name);
  }
});

test('an operator that the GPU lacks is an error, and not left to the CPU unnoticed', { skip }, async () => {
  const x = input('x', [4]);
  // ONNX Runtime has no Sign for WebGPU.
  const sign = operation('Sign', [x], [4], {}, () => [null]);
  const compiled = Program.compile({ sign }, { device: 'webgpu', threads: 1 });
  await assert.rejects(compiled, (error) => error instanceof EngineError && /CPU EP/.test(error.message));
});

/** What the engine's profile says of a run of an operator. */
interface ProfileEvent {
  readonly name: string;
  readonly args?: { readonly provider?: string };
}

async function firstStep(stage: Stage, device: Device): Promise<{ loss: number; state: TrainingState }> {
  const start = startOf(stage, 0).state;
  const step = await TrainingStep.compile(
    stage.loss,
    stage.params,
    stepOptions(stage),
    { device, threads },
    start,
  );
  const cells = Int32Array.from({ length: stage.recipe.batchSize }, (_, i) => i % 300);
  const loss = await step.run(stage.feeds(cells, 0));
  const state = await step.state();
  await step.close();
  return { loss, state };
}
