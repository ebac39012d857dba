import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isFar } from '../../src/model/sample-check.js';
import { type TrainOptions, train } from '../../src/model/train.js';
import { logNormalisedTissue, smallTissue, workplace } from './small-tissue.js';

const options = { threads: 1, labelKeys: ['cell_type'], heldOut: 0.2 } as const;

/** The check of a run on a tissue of 300 cells, and what it said. */
async function checkOf(t: Parameters<typeof workplace>[0], extra: Partial<TrainOptions>, made = smallTissue) {
  const { data, path } = await workplace(t, made({ cells: 300, genes: 30 }));
  const messages: string[] = [];
  const onMessage = (line: string) => messages.push(line);
  const { check } = await train(data, { ...options, ...extra, out: path('run'), onMessage });
  return { check, warning: messages.find((line) => line.includes('far from those set aside')) };
}

test('cells of a model that has learned next to nothing are far from those set aside, and training says so', async (t) => {
  const { check, warning } = await checkOf(t, { steps: 1 });
  assert.deepEqual([check?.cells, check?.heldOut], [500, 60]);
  assert.ok(check!.mmd > 0.05, String(check?.mmd));
  assert.ok(Math.abs(check!.control) < 0.03, String(check?.control));
  assert.ok(warning?.includes('train longer'));
});

test('they come nearer by training, and the same seed gives the same figures', async (t) => {
  const long = { steps: 150, learningRate: 3e-3 };
  const { check } = await checkOf(t, long);
  const { check: short } = await checkOf(t, { steps: 1 });
  assert.ok(check!.mmd < short!.mmd / 3, `${check?.mmd}, not under a third of ${short?.mmd}`);
  assert.deepEqual((await checkOf(t, long)).check, check);
});

test('log-normalised values are compared as they are', async (t) => {
  const { check } = await checkOf(t, { steps: 1 }, logNormalisedTissue as typeof smallTissue);
  assert.ok(Number.isFinite(check!.mmd) && Math.abs(check!.control) < 0.03, JSON.stringify(check));
});

test('without held-out cells, or in gene space, nothing is compared', async (t) => {
  assert.equal((await checkOf(t, { steps: 1, heldOut: 0 })).check, null);
  assert.equal((await checkOf(t, { steps: 1, preset: 'dit-small', genes: 16 })).check, null);
});

test('far is what no trained model comes to, above the control', () => {
  const check = { cells: 500, heldOut: 100, mmd: 0.006, control: 0.0005 };
  assert.deepEqual([isFar(check), isFar({ ...check, control: 0.002 })], [true, false]);
  assert.equal(isFar({ ...check, mmd: 0.004, control: -0.002 }), false);
});
