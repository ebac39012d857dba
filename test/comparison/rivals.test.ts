import assert from 'node:assert/strict';
import { test } from 'node:test';
import { duelsOf, rivalsIn, tallyOf } from '../../src/comparison/rivals.js';
import { spreadOf } from '../../src/comparison/spread.js';
import { simulatedComparison, simulatedTrial } from '../report/simulated-comparison.js';

test('mean and sample deviation of what is defined', () => {
  assert.deepEqual(spreadOf([1, null, 3, undefined]), { mean: 2, deviation: Math.SQRT2, n: 2 });
  assert.deepEqual(spreadOf([5]), { mean: 5, deviation: null, n: 1 });
  assert.equal(spreadOf([null]), null);
});

test('rivals are those of which both models are compared', () => {
  const pairs = rivalsIn(['crate', 'latent-dit', 'wbdit', 'dit-small']);
  assert.deepEqual(
    pairs.map(({ white, black }) => [white, black]),
    [
      ['wbdit', 'dit-small'],
      ['crate', 'latent-dit'],
    ],
  );
});

test('costs are ratios of means over seeds, of one look at one cell', () => {
  const comparison = simulatedComparison([
    simulatedTrial('a', 'wbdit', { secondsPerStep: 0.1 }),
    simulatedTrial('a', 'wbdit', { secondsPerStep: 0.3, seed: 1 }),
    simulatedTrial('a', 'dit', { secondsPerStep: 0.4 }),
  ]);
  const [duel, ...others] = duelsOf(comparison, rivalsIn(['wbdit', 'dit'])[0]);
  assert.equal(others.length, 0);
  assert.equal(duel.ratios.parameters, 0.5);
  assert.equal(duel.ratios.evaluation, 0.5);
  assert.equal(duel.ratios.trainingMemory, 0.5);
  assert.ok(Math.abs(duel.ratios.secondsPerCell - 0.5) < 1e-12);
  assert.equal(duel.ratios.generationSecondsPerCell, 1);
  assert.equal(duel.figures.zero_fraction_difference, undefined, 'it is defined for neither');
});

test('nearer, farther, or level within the noise of seeds or of cells', () => {
  const both = (name: string, white: readonly number[], black: readonly number[], halfInterval = 0.01) => [
    ...white.map((auroc, seed) => simulatedTrial(name, 'wbdit', { auroc, seed, halfInterval })),
    ...black.map((auroc, seed) => simulatedTrial(name, 'dit', { auroc, seed, halfInterval })),
  ];
  const comparison = simulatedComparison([
    ...both('nearer', [0.6, 0.61], [0.7, 0.71]),
    ...both('nearer from below', [0.45], [0.6]),
    ...both('farther', [0.9], [0.6]),
    ...both('seeds differ as much', [0.55, 0.75], [0.75, 0.75]),
    ...both('cells may differ as much', [0.6], [0.65], 0.06),
  ]);
  const duels = duelsOf(comparison, rivalsIn(['wbdit', 'dit'])[0]);
  assert.deepEqual(tallyOf(comparison, duels, 'rf_auroc_pcs'), { nearer: 2, even: 2, farther: 1 });
});
