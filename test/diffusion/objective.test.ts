import assert from 'node:assert/strict';
import { test } from 'node:test';
import { lossWeightings, lossWeights } from '../../src/diffusion/loss-weight.js';
import { diffusionLoss, noiseLevels, type Objective } from '../../src/diffusion/objective.js';
import { parameterisations, toCleanAndNoise } from '../../src/diffusion/parameterisation.js';
import { cosineSchedule, linearSchedule, noise, signal } from '../../src/diffusion/schedule.js';
import { add, mul } from '../../src/graph/ops/elementwise.js';
import { reshape } from '../../src/graph/ops/shape.js';
import { Program } from '../../src/graph/program.js';
import type { Denoiser } from '../../src/nn/denoiser.js';
import { Params } from '../../src/nn/params.js';
import { stream } from '../../src/random/stream.js';

const engine = { device: 'cpu', threads: 1 } as const;
const [batch, width] = [4, 3];

/** Predicts 0.5 x_t + t / 1000 (+ 2 where the condition says so): easy to follow by hand. */
function simple(conditionWidth: 0 | 1): Denoiser {
  return {
    width,
    conditionWidth,
    predict(_params, x, t, condition) {
      const level = mul(reshape(t, [batch, 1]), 1 / 1000);
      const prediction = add(mul(x, 0.5), level);
      return condition === null ? prediction : add(prediction, mul(condition, 2));
    },
  };
}

const random = stream(1, 'rows of an objective');
const x = Float32Array.from({ length: batch * width }, () => random.normal());
const eps = Float32Array.from({ length: batch * width }, () => random.normal());

async function lossOf(levels: Record<string, Float32Array>, condition?: Float32Array) {
  const loss = diffusionLoss(simple(condition ? 1 : 0), Params.create(), batch);
  const program = await Program.compile({ loss }, engine);
  const columns = Object.entries(levels).map(([name, data]) => [name, { data, shape: [batch] }]);
  const results = await program.run({
    x: { data: x, shape: [batch, width] },
    noise: { data: eps, shape: [batch, width] },
    ...Object.fromEntries(columns),
    ...(condition && { condition: { data: condition, shape: [batch, 1] } }),
  });
  await program.close();
  return results.loss[0];
}

for (const parameterisation of parameterisations) {
  for (const weighting of lossWeightings) {
    test(`${parameterisation}, ${weighting}: the loss is the weighted squared error of a forward draw`, async () => {
      const schedule = cosineSchedule();
      const objective: Objective = { schedule, parameterisation, weighting };
      const levels = noiseLevels(objective, stream(2, 'levels'), batch);
      const weights = lossWeights(weighting, parameterisation, schedule);
      let expected = 0;
      for (let i = 0; i < batch; i++) {
        const t = levels.t[i];
        const [a, s] = [signal(schedule, t), noise(schedule, t)];
        for (let k = i * width; k < (i + 1) * width; k++) {
          const target = { eps: eps[k], x0: x[k], v: a * eps[k] - s * x[k] }[parameterisation];
          const prediction = 0.5 * (a * x[k] + s * eps[k]) + t / 1000;
          expected += (weights[t] * (prediction - target) ** 2) / (batch * width);
        }
      }
      const found = await lossOf(levels);
      assert.ok(Math.abs(found - expected) < 1e-5 * Math.max(1, expected), `${found}, not ${expected}`);
    });
  }
}

test('the target is what sampling turns back into the clean row and the noise', () => {
  const schedule = linearSchedule();
  for (const parameterisation of parameterisations) {
    const objective: Objective = { schedule, parameterisation, weighting: 'uniform' };
    const levels = noiseLevels(objective, stream(3, 'levels'), 1);
    const column = (name: string) => levels[name][0];
    const noisy = x.map((value, k) => column('signal') * value + column('sigma') * eps[k]);
    const target = x.map((value, k) => column('targetClean') * value + column('targetNoise') * eps[k]);
    const back = toCleanAndNoise(parameterisation, target, noisy, schedule.alphaBar[column('t')]);
    back.x0.forEach((value, k) => {
      assert.ok(Math.abs(value - x[k]) < 1e-2, parameterisation);
    });
    back.eps.forEach((value, k) => {
      assert.ok(Math.abs(value - eps[k]) < 1e-2, parameterisation);
    });
  }
});

test('a condition reaches the denoiser', async () => {
  const objective: Objective = {
    schedule: cosineSchedule(),
    parameterisation: 'eps',
    weighting: 'uniform',
  };
  const levels = noiseLevels(objective, stream(2, 'levels'), batch);
  const without = await lossOf(levels);
  assert.ok(Math.abs((await lossOf(levels, new Float32Array(batch))) - without) < 1e-6);
  assert.notEqual(await lossOf(levels, Float32Array.of(1, 0, 0, 0)), without);
});

test('levels are drawn uniformly from 1 to T - 1, as published', () => {
  const objective: Objective = {
    schedule: linearSchedule(),
    parameterisation: 'eps',
    weighting: 'uniform',
  };
  const draws = 200_000;
  const { t } = noiseLevels(objective, stream(4, 'many levels'), draws);
  const seen = new Int32Array(1000);
  for (const level of t) seen[level]++;
  assert.equal(seen[0], 0);
  assert.ok(seen.subarray(1).every((count) => count > 0));
  const mean = t.reduce((sum, level) => sum + level, 0) / draws;
  assert.ok(Math.abs(mean - 500) < (5 * 1000) / Math.sqrt(12 * draws), `${mean}`);
});
