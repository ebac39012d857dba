import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DataError } from '../../src/errors.js';
import { energyDistance, energyDistanceOfRows } from '../../src/metrics/energy-distance.js';
import { medianSquaredDistance } from '../../src/metrics/median-distance.js';
import { mmd, mmdLegacy, mmdOfRows, realBandwidth } from '../../src/metrics/mmd.js';
import { takePoints } from '../../src/metrics/points.js';
import { assertClose } from './close.js';
import { dense, normalPoints, otherPoints, realPoints, shuffledRows, twoSets } from './simulated-cells.js';

test('figures of pairs are those of NumPy and SciPy', () => {
  assertClose(realBandwidth(realPoints), twoSets.bandwidth, 1e-6);
  assertClose(mmd(realPoints, otherPoints, twoSets.bandwidth), twoSets.mmd, 1e-12);
  assertClose(mmdLegacy(realPoints, otherPoints), twoSets.mmdLegacy, 1e-12);
  assertClose(energyDistance(realPoints, otherPoints), twoSets.energyDistance, 1e-12);
});

test('the median distance of an even and of an odd number of pairs', () => {
  assert.equal(medianSquaredDistance(dense([[0], [1], [3]])), 4);
  assert.equal(medianSquaredDistance(dense([[0], [1], [3], [7]])), (9 + 16) / 2);
});

const bandwidth = realBandwidth(realPoints);
const figures = {
  mmd: (a: typeof realPoints, b: typeof realPoints) => mmd(a, b, bandwidth),
  mmdLegacy,
  energyDistance,
};

for (const [name, figure] of Object.entries(figures)) {
  test(`${name}: symmetric, blind to the order of the cells, and growing with a shift`, () => {
    const value = figure(realPoints, otherPoints);
    assertClose(figure(otherPoints, realPoints), value, 1e-12);
    const shuffled = takePoints(realPoints, shuffledRows(realPoints.rows, 0));
    assertClose(figure(shuffled, otherPoints), value, 1e-12);
    const base = normalPoints(200, 4, 1);
    const [none, small, large] = [0, 0.5, 1].map((shift) => figure(base, normalPoints(200, 4, 2, shift)));
    assert.ok(none < small && small < large, `${none} ${small} ${large}`);
  });
}

test('equal sets have nothing between them but what the legacy figure makes of pairs of a cell with itself', () => {
  assertClose(mmdLegacy(realPoints, realPoints), 0, 1e-12);
  // Unbiased figures leave those pairs out within the sets, not between them: they fall below 0 by about 2/n.
  assert.ok(Math.abs(mmd(realPoints, realPoints, bandwidth)) < 2 / realPoints.rows);
  assert.ok(mmd(realPoints, realPoints, bandwidth) < 0);
});

test('unbiased figures of draws from one population scatter about 0, and the legacy one stays above', () => {
  const pairs = Array.from({ length: 40 }, (_, i) => [
    normalPoints(50, 3, 2 * i),
    normalPoints(50, 3, 2 * i + 1),
  ]);
  for (const figure of [(a: typeof realPoints, b: typeof realPoints) => mmd(a, b, 6), energyDistance]) {
    const values = pairs.map(([a, b]) => figure(a, b));
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
    const deviation = Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length);
    assert.ok(Math.abs(mean) < (3 * deviation) / Math.sqrt(values.length), `${mean} +- ${deviation}`);
    assert.ok(Math.min(...values) < 0 && Math.max(...values) > 0);
  }
  assert.ok(pairs.every(([a, b]) => mmdLegacy(a, b) > 0));
});

test('figures of subsets are those of the subsets on their own, from stored pairs or not', () => {
  for (const cells of [60, 4000]) {
    const real = normalPoints(cells, 2, 1);
    const other = normalPoints(cells, 2, 2, 1);
    const [realRows, otherRows] = [shuffledRows(cells, 3).slice(0, 25), shuffledRows(cells, 4).slice(0, 20)];
    const [a, b] = [takePoints(real, realRows), takePoints(other, otherRows)];
    assertClose(mmdOfRows(real, other, 3)(realRows, otherRows), mmd(a, b, 3), 1e-6);
    assertClose(energyDistanceOfRows(real, other)(realRows, otherRows), energyDistance(a, b), 1e-6);
  }
});

test('real cells that are mostly equal have no bandwidth', () => {
  assert.throws(() => realBandwidth(dense([[1], [1], [1], [1], [2]])), DataError);
  assert.throws(() => realBandwidth(dense([[1]])), DataError);
});
