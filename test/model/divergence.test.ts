import assert from 'node:assert/strict';
import { test } from 'node:test';
import { mul, square } from '../../src/graph/ops/elementwise.js';
import { mean } from '../../src/graph/ops/reduce.js';
import { input } from '../../src/graph/tensor.js';
import type { Stage } from '../../src/model/stage.js';
import { DivergenceError, runStage, type StagePosition, startOf } from '../../src/model/training-loop.js';
import { Params } from '../../src/nn/params.js';

/** A stage whose loss is the square of what `inputAt` gives: one weight, which hardly moves from 1. */
function stageOf(inputAt: (step: number) => number): Stage {
  const params = Params.create();
  const weight = params.get('weight', [1], (data) => data.fill(1));
  return {
    name: 'denoiser',
    recipe: { batchSize: 1, learningRate: 1e-6, weightDecay: 0, warmupSteps: 0, averageDecay: null },
    cells: 4,
    params: params.list(),
    loss: mean(square(mul(weight, input('x', [1])))),
    feeds(_cells, step) {
      // As slow as a real step, so that there are reports.
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 60);
      return { x: { data: Float32Array.of(inputAt(step)), shape: [1] } };
    },
    heldOut: null,
  };
}

async function trained(inputAt: (step: number) => number) {
  const saved: StagePosition[] = [];
  const stage = stageOf(inputAt);
  const budget = { kind: 'steps', steps: 60 } as const;
  const hooks = {
    signal: undefined,
    onProgress: undefined,
    onReport: () => undefined,
    saveCheckpoint: async (position: StagePosition) => {
      saved.push(position);
    },
  };
  const engine = { device: 'cpu', threads: 1 } as const;
  const end = runStage(stage, 0, budget, engine, startOf(stage, 0), hooks);
  return {
    saved,
    error: await end.then(
      () => null,
      (error: unknown) => error,
    ),
  };
}

test('a loss that grows far beyond the first stops training, with the state before it kept', async () => {
  const { saved, error } = await trained((step) => (step < 30 ? 1 : 20));
  assert.ok(error instanceof DivergenceError, String(error));
  const [{ state }] = saved;
  assert.ok(state.step < 30 && error.kept === state.step);
  assert.ok(state.weights.get('weight')!.every((value) => Math.abs(value - 1) < 1e-3));
  assert.match(
    error.message,
    /^denoiser: the loss has grown to \S+ at step \d+\. The weights of step \d+ are kept/,
  );
  assert.match(error.message, /Train anew with a lower --lr than 0\.000001/);
});

test('so does one that is not finite; one that only varies does not', async () => {
  const { saved, error } = await trained((step) => (step < 30 ? 1 : Number.NaN));
  assert.ok(error instanceof DivergenceError && error.step === 31);
  assert.equal(error.kept, saved[0].state.step);
  assert.equal((await trained((step) => 1 + (step % 3))).error, null);
});
