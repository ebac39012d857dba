import assert from 'node:assert/strict';
import { test } from 'node:test';
import { OptionError } from '../../src/errors.js';
import { manifoldScores } from '../../src/metrics/manifold.js';
import { mixingIndex } from '../../src/metrics/mixing.js';
import { takePoints } from '../../src/metrics/points.js';
import { assertClose } from './close.js';
import { normalPoints, otherPoints, realPoints, shuffledRows, twoSets } from './simulated-cells.js';

const parts = ['precision', 'recall', 'density', 'coverage'] as const;

test('precision, recall, density, coverage and mixing are those of scikit-learn and SciPy', () => {
  const scores = manifoldScores(realPoints, otherPoints, 5);
  for (const part of parts) assertClose(scores[part], twoSets.manifold[part], 1e-12, part);
  assertClose(mixingIndex(realPoints, otherPoints), twoSets.mixingIndex, 1e-6);
});

test('none depends on the order of the cells; swapping the sets swaps precision and recall', () => {
  const scores = manifoldScores(realPoints, otherPoints, 5);
  const shuffled = takePoints(realPoints, shuffledRows(realPoints.rows, 0));
  assert.deepEqual(manifoldScores(shuffled, otherPoints, 5), scores);
  assertClose(mixingIndex(shuffled, otherPoints), mixingIndex(realPoints, otherPoints), 1e-9);
  const swapped = manifoldScores(otherPoints, realPoints, 5);
  assert.deepEqual([swapped.precision, swapped.recall], [scores.recall, scores.precision]);
  assertClose(mixingIndex(otherPoints, realPoints), mixingIndex(realPoints, otherPoints), 1e-9);
});

test('equal sets are precise, complete and mixed; distant ones nothing of it', () => {
  const points = normalPoints(200, 5, 1);
  const same = manifoldScores(points, points, 5);
  assert.deepEqual([same.precision, same.recall, same.coverage], [1, 1, 1]);
  // The nearest of all is its double in the other set, which weighs most.
  assert.ok(mixingIndex(points, points) > 1.7);
  const far = normalPoints(200, 5, 2, 1000);
  assert.deepEqual(manifoldScores(points, far, 5), { precision: 0, recall: 0, density: 0, coverage: 0 });
  assert.equal(mixingIndex(points, far), 1);
});

test('two draws of the same cells have density 1, coverage 1 - 2^-k and a mixing of 1.88', () => {
  const [a, b] = [normalPoints(1000, 3, 1), normalPoints(1000, 3, 2)];
  const { density, coverage } = manifoldScores(a, b, 5);
  assertClose(density, 1, 0.05);
  assertClose(coverage, 1 - 2 ** -5, 0.02);
  assertClose(mixingIndex(a, b), 1.88, 0.01);
});

test('a missing mode costs recall and coverage, an invented one precision and density', () => {
  const both = { ...normalPoints(400, 3, 1) };
  for (let row = 0; row < 200; row++) both.data[row * 3] += 50;
  const one = normalPoints(400, 3, 2);
  const missing = manifoldScores(both, one, 5);
  assert.ok(missing.precision > 0.9 && missing.recall < 0.52 && missing.coverage < 0.52);
  const invented = manifoldScores(one, both, 5);
  assert.ok(invented.precision < 0.52 && invented.density < 0.6 && invented.recall > 0.9);
});

test('too few cells for the neighbours are refused, and few cells mix by what they have', () => {
  assert.throws(() => manifoldScores(normalPoints(5, 2, 0), normalPoints(9, 2, 1), 5), OptionError);
  const index = mixingIndex(normalPoints(3, 2, 0), normalPoints(3, 2, 1));
  assert.ok(index >= 1 && index <= 2);
});
