import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { wbdit } from '../../src/crate/wbdit.js';
import { dit } from '../../src/dit/dit.js';
import { gradients } from '../../src/graph/autodiff.js';
import { square, sub } from '../../src/graph/ops/elementwise.js';
import { mean } from '../../src/graph/ops/reduce.js';
import { adamW } from '../../src/graph/optimiser.js';
import { Program } from '../../src/graph/program.js';
import { input, type Tensor } from '../../src/graph/tensor.js';
import { initialState, TrainingStep } from '../../src/graph/training-step.js';
import { readSafetensors } from '../../src/io/safetensors.js';
import { type Param, Params, parameterCount } from '../../src/nn/params.js';
import { type GenePatchSize, positionCode, publishedSize } from '../../src/nn/patches.js';
import { projectRoot } from '../shared.js';

const engine = { device: 'cpu', threads: 1 } as const;
const TOLERANCE = 1e-4;

/** Largest difference over the largest reference value. */
function relativeError(got: Float32Array, reference: ArrayLike<number>): number {
  assert.equal(got.length, reference.length);
  let error = 0;
  let scale = 0;
  for (let i = 0; i < got.length; i++) {
    error = Math.max(error, Math.abs(got[i] - reference[i]));
    scale = Math.max(scale, Math.abs(reference[i]));
  }
  return error / Math.max(scale, 1e-6);
}

const tiny: GenePatchSize = { width: 40, conditionWidth: 0, patch: 8, dim: 24, depth: 2, heads: 3 };
const models = [
  { name: 'wbdit', build: wbdit, publishedCount: 17_926_666, fixed: 1 },
  { name: 'dit', build: dit, publishedCount: 33_870_346, fixed: 1 },
] as const;

for (const { name, build, publishedCount, fixed } of models) {
  test(`${name}: output, loss, every gradient and two AdamW steps agree with the reference`, async () => {
    const golden = await readSafetensors(
      join(projectRoot, 'test', 'fixtures', 'golden', `${name}_tiny.safetensors`),
    );
    const numbers = (key: string) => golden.tensors.get(key)!.data as Float32Array;
    const params = Params.create();
    const x = input('x', [3, 40]);
    const noise = input('noise', [3, 40]);
    const prediction = build(tiny).predict(params, x, input('t', [3]), null);
    const loss = mean(square(sub(prediction, noise)));
    const list = params.list();

    const expected = [...golden.tensors.keys()].filter((key) => key.startsWith('param.'));
    assert.equal(
      list.length,
      expected.length - fixed,
      'the reference has the same parameters and the position code',
    );
    assert.ok(relativeError(positionCode(5, 24), numbers('param.pos_embed')) < TOLERANCE);

    const t = golden.tensors.get('t')!.data as BigInt64Array;
    const batch = {
      x: { data: numbers('x'), shape: [3, 40] },
      noise: { data: numbers('noise'), shape: [3, 40] },
      t: { data: Float32Array.from(t, Number), shape: [3] },
    };
    const weights = new Map(list.map((p) => [p.name, numbers(`param.${p.name}`)]));
    const outputs: Record<string, Tensor> = { prediction, loss };
    for (const [i, g] of gradients(loss, tensorsOf(list)).entries()) outputs[`grad.${list[i].name}`] = g;
    const program = await Program.compile(outputs, engine, weights);
    const results = await program.run(batch);
    await program.close();
    assert.ok(relativeError(results.prediction, numbers('output')) < TOLERANCE);
    assert.ok(relativeError(results.loss, numbers('loss')) < TOLERANCE);
    for (const p of list) {
      const key = `grad.${p.name}`;
      assert.ok(relativeError(results[key], numbers(key)) < TOLERANCE, key);
    }

    const options = { optimiser: { ...adamW, learningRate: 1e-3 }, averageDecay: 0.9, warmupSteps: 0 };
    const step = await TrainingStep.compile(loss, list, options, engine, initialState(weights, options));
    const losses = [await step.run(batch), await step.run(batch)];
    const after = await step.state();
    await step.close();
    assert.ok(relativeError(Float32Array.of(losses[1]), numbers('loss_after_1_step')) < TOLERANCE);
    for (const p of list) {
      const key = `adamw2.${p.name}`;
      const got = after.weights.get(p.name)!;
      // Softmax does not see a key's bias: its gradient is zero but for rounding, which Adam blows up to full steps.
      if (p.name.endsWith('attn.qkv.bias')) {
        assert.ok(
          keys(results[`grad.${p.name}`]).every((g) => Math.abs(g) < 1e-6),
          key,
        );
        assert.ok(
          keys(numbers(`grad.${p.name}`)).every((g) => Math.abs(g) < 1e-6),
          key,
        );
        assert.ok(relativeError(exceptKeys(got), exceptKeys(numbers(key))) < TOLERANCE, key);
      } else {
        assert.ok(relativeError(got, numbers(key)) < TOLERANCE, key);
      }
    }
  });

  test(`${name}: the published size has ${publishedCount} trainable parameters`, () => {
    const params = Params.create();
    const size = { ...publishedSize, width: 2000, conditionWidth: 0 };
    build(size).predict(params, input('x', [1, 2000]), input('t', [1]), null);
    assert.equal(parameterCount(params.list()), publishedCount);
  });
}

function tensorsOf(params: readonly Param[]): Tensor[] {
  return params.map(({ tensor }) => tensor);
}

/** Of the biases of queries, keys and values, side by side. */
function keys(bias: Float32Array): Float32Array {
  return bias.subarray(bias.length / 3, (2 * bias.length) / 3);
}

function exceptKeys(bias: Float32Array): Float32Array {
  return Float32Array.of(...bias.subarray(0, bias.length / 3), ...bias.subarray((2 * bias.length) / 3));
}
