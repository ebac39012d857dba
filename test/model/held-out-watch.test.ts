import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { input } from '../../src/graph/tensor.js';
import { HeldOutWatch } from '../../src/model/held-out-watch.js';
import type { HeldOut } from '../../src/model/stage.js';

const weight = { name: 'weight', tensor: input('weight', []) };

/** A watch of a stage whose loss is its only weight, and the state of a step with that loss. */
async function watchOf(t: TestContext, slack: number, from?: number) {
  const heldOut: HeldOut = {
    ...{ loss: weight.tensor, batches: [{}], every: 100 },
    ...(from !== undefined && { from }),
    ...{ slack, patience: (step) => Math.max(300, step / 2) },
  };
  const params = [{ ...weight, initialise: () => {} }];
  const watch = await HeldOutWatch.create(heldOut, params, { device: 'cpu', threads: 1 }, null);
  t.after(() => watch.close());
  const look = (step: number, loss: number) => {
    const weights = new Map([['weight', Float32Array.of(loss)]]);
    const none = new Map<string, Float32Array>();
    return watch.look({ step, weights, averages: null, firstMoments: none, secondMoments: none });
  };
  return { watch, look };
}

test('the best look is kept, and it is in vain to go on for longer than patience lasts', async (t) => {
  const { watch, look } = await watchOf(t, 0);
  assert.equal(watch.isInVain(5000), false);
  assert.equal(await look(100, 2), 2);
  await look(200, 1);
  await look(300, 1.5);
  assert.deepEqual([watch.bestSoFar?.step, watch.bestSoFar?.loss], [200, 1]);
  assert.deepEqual([watch.isInVain(400), watch.isInVain(500)], [false, true]);
  await look(900, 0.5);
  assert.deepEqual([watch.isInVain(1300), watch.isInVain(1350)], [false, true]);
});

test('with slack the latest look that is nearly as low is kept, and creeping up does not move the mark', async (t) => {
  const { watch, look } = await watchOf(t, 0.01);
  await look(100, 1);
  await look(200, 1.009);
  await look(300, 1.018);
  assert.equal(watch.bestSoFar?.step, 200);
  assert.ok(Math.abs(watch.bestSoFar.loss - 1.009) < 1e-6);
  assert.equal(watch.bestSoFar.lowest, 1);
  assert.deepEqual(watch.bestSoFar.weights.get('weight'), Float32Array.of(1.009));
});

test('slack is a share of a loss below nothing, too', async (t) => {
  const { watch, look } = await watchOf(t, 0.01);
  await look(100, -1);
  await look(200, -0.995);
  await look(300, -0.98);
  assert.equal(watch.bestSoFar?.step, 200);
});

test('with slack below nothing a look must be better by that share', async (t) => {
  const { watch, look } = await watchOf(t, -0.01);
  await look(100, 1);
  await look(200, 0.995);
  assert.equal(watch.bestSoFar?.step, 100);
  await look(300, 0.989);
  assert.deepEqual([watch.bestSoFar?.step, watch.bestSoFar?.lowest], [300, Math.fround(0.989)]);
});

test('up to the step from which looks are compared the latest is kept', async (t) => {
  const { watch, look } = await watchOf(t, -0.01, 300);
  await look(100, 1);
  await look(200, Number.NaN);
  assert.equal(watch.bestSoFar?.step, 100);
  assert.equal(watch.isInVain(500), false);
  await look(300, 2);
  assert.deepEqual([watch.bestSoFar?.step, watch.bestSoFar?.lowest], [300, 2]);
  await look(400, 1.999);
  assert.equal(watch.bestSoFar?.step, 300);
  assert.deepEqual([watch.isInVain(500), watch.isInVain(600)], [false, true]);
  await look(500, 1.9);
  assert.equal(watch.bestSoFar?.step, 500);
});

for (const slack of [-0.01, 0, 0.01]) {
  test(`with slack ${slack} a look without a finite loss is never kept, and stands in no other's way`, async (t) => {
    const { watch, look } = await watchOf(t, slack);
    await look(100, Number.NaN);
    await look(200, Number.POSITIVE_INFINITY);
    const kept = [watch.bestSoFar?.step];
    await look(300, 2);
    await look(400, Number.NaN);
    kept.push(watch.bestSoFar?.step);
    await look(500, 1);
    assert.deepEqual([...kept, watch.bestSoFar?.step], [undefined, 300, 500]);
  });
}
