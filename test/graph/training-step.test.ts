import assert from 'node:assert/strict';
import { test } from 'node:test';
import { exp, square, sub } from '../../src/graph/ops/elementwise.js';
import { sum } from '../../src/graph/ops/reduce.js';
import { adamW } from '../../src/graph/optimiser.js';
import { input, type Tensor } from '../../src/graph/tensor.js';
import { initialState, type TrainingState, TrainingStep } from '../../src/graph/training-step.js';
import { stream } from '../../src/random/stream.js';

const engine = { device: 'cpu', threads: 1 } as const;
const options = { optimiser: { ...adamW, learningRate: 0.1 }, averageDecay: 0.9, warmupSteps: 2 };
const shapes: Readonly<Record<string, readonly number[]>> = {
  scale: [],
  bias: [3],
  matrix: [2, 5],
  large: [256, 300],
};

function weightsOf(name: string): Float32Array {
  const weights = new Float32Array(shapes[name].reduce((product, n) => product * n, 1));
  stream(0, name).fillNormal(weights);
  return weights;
}

/** The sum of a term for each parameter, so that none knows of the others. */
async function begin(names: readonly string[], state?: TrainingState): Promise<TrainingStep> {
  const trainables = names.map((name) => ({ name, tensor: input(name, shapes[name]) }));
  const term = (x: Tensor) => sum(square(sub(exp(x), 2)));
  const loss = trainables.map(({ tensor }) => term(tensor)).reduce((total, one) => sub(total, sub(0, one)));
  const start = initialState(new Map(names.map((name) => [name, weightsOf(name)])), options);
  return TrainingStep.compile(loss, trainables, options, engine, state ?? start);
}

async function stateAfter(steps: number, names: readonly string[], from?: TrainingState) {
  const step = await begin(names, from);
  for (let k = 0; k < steps; k++) await step.run({});
  const state = await step.state();
  await step.close();
  return state;
}

test('parameters that are updated together have the bits that each has alone', async () => {
  const together = await stateAfter(3, ['scale', 'large', 'bias', 'matrix']);
  assert.deepEqual([...together.weights.keys()], ['scale', 'large', 'bias', 'matrix']);
  for (const name of Object.keys(shapes)) {
    const alone = await stateAfter(3, [name]);
    for (const part of ['weights', 'firstMoments', 'secondMoments', 'averages'] as const) {
      assert.deepEqual(together[part]!.get(name), alone[part]!.get(name), `${part} of ${name}`);
    }
  }
});

test('a state that was taken apart goes on as if it had not been', async () => {
  const names = ['bias', 'scale', 'matrix'];
  const whole = await stateAfter(5, names);
  assert.deepEqual(await stateAfter(3, names, await stateAfter(2, names)), whole);
});
