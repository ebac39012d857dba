import assert from 'node:assert/strict';
import { test } from 'node:test';
import { crate } from '../../src/crate/crate.js';
import { wbdit } from '../../src/crate/wbdit.js';
import { diffusionLoss, noiseLevels } from '../../src/diffusion/objective.js';
import { cosineSchedule } from '../../src/diffusion/schedule.js';
import { Program } from '../../src/graph/program.js';
import { input } from '../../src/graph/tensor.js';
import type { Denoiser } from '../../src/nn/denoiser.js';
import { initialWeights, Params } from '../../src/nn/params.js';
import { stream } from '../../src/random/stream.js';
import { assertParameterGradients } from '../parameter-gradients.js';

const engine = { device: 'cpu', threads: 1 } as const;
const batch = 5;

const crateSize = { width: 7, conditionWidth: 3, tokens: 3, dim: 8, depth: 2, heads: 2, atoms: 16 } as const;
const denoisers: Readonly<Record<string, Denoiser>> = {
  crate: crate(crateSize),
  // A width that is no multiple of the patch.
  wbdit: wbdit({ width: 7, conditionWidth: 3, patch: 3, dim: 8, depth: 2, heads: 2 }),
};

/** Adds noise to every parameter: many start at zero, where much of the network is silent. */
function stirredWeights(params: Params): Map<string, Float32Array> {
  const weights = initialWeights(params.list(), 4);
  for (const [name, data] of weights) {
    const random = stream(4, `stirring ${name}`);
    for (let i = 0; i < data.length; i++) data[i] += 0.1 * random.normal();
  }
  return weights;
}

function feedsOf({
  width,
  conditionWidth,
}: Denoiser): Record<string, { readonly data: Float32Array; readonly shape: readonly number[] }> {
  const random = stream(5, 'a batch to denoise');
  const normals = (length: number) => Float32Array.from({ length }, () => random.normal());
  const objective = { schedule: cosineSchedule(), parameterisation: 'v', weighting: 'uniform' } as const;
  const condition = new Float32Array(batch * conditionWidth);
  for (let i = 1; i < batch; i++) condition[i * conditionWidth + (i % conditionWidth)] = 1;
  const levels = Object.entries(noiseLevels(objective, random, batch));
  return {
    x: { data: normals(batch * width), shape: [batch, width] },
    noise: { data: normals(batch * width), shape: [batch, width] },
    condition: { data: condition, shape: [batch, conditionWidth] },
    ...Object.fromEntries(levels.map(([name, data]) => [name, { data, shape: [batch] }])),
  };
}

for (const [name, denoiser] of Object.entries(denoisers)) {
  test(`${name}: the gradient of every parameter agrees with finite differences`, async () => {
    const params = Params.create();
    const loss = diffusionLoss(denoiser, params, batch);
    const close = { share: 0.03, error: 5e-4 };
    await assertParameterGradients(loss, params.list(), stirredWeights(params), feedsOf(denoiser), close);
  });
}

test('crate begins by predicting nothing, row by row, for any number of rows', async () => {
  const predict = async (rows: number, weights: ReadonlyMap<string, Float32Array>) => {
    const { width, conditionWidth } = crateSize;
    const params = Params.create();
    const prediction = denoisers.crate.predict(
      params,
      input('x', ['batch', width]),
      input('t', ['batch']),
      input('condition', ['batch', conditionWidth]),
    );
    const program = await Program.compile({ prediction }, engine, weights);
    const all = feedsOf(denoisers.crate);
    const cut = (data: Float32Array, columns: number, ...shape: number[]) => ({
      data: data.slice(0, rows * columns),
      shape: [rows, ...shape],
    });
    const result = await program.run({
      x: cut(all.x.data, width, width),
      t: cut(all.t.data, 1),
      condition: cut(all.condition.data, conditionWidth, conditionWidth),
    });
    await program.close();
    return result.prediction;
  };
  const params = Params.create();
  diffusionLoss(denoisers.crate, params, batch);
  const untrained = await predict(batch, initialWeights(params.list(), 1));
  assert.ok(untrained.every((value) => value === 0));

  const stirred = stirredWeights(params);
  const whole = await predict(batch, stirred);
  assert.ok(whole.every((value) => value !== 0));
  const few = await predict(2, stirred);
  few.forEach((value, i) => {
    assert.ok(Math.abs(value - whole[i]) < 1e-5);
  });
});
