import assert from 'node:assert/strict';
import { test } from 'node:test';
import { OptionError } from '../../src/errors.js';
import { nearestNeighbours, nearestNeighboursAmong } from '../../src/metrics/neighbours.js';
import { squaredDistance } from '../../src/metrics/points.js';
import { assertAllClose } from './close.js';
import { dense, normalPoints, otherPoints, realPoints, twoSets } from './simulated-cells.js';

test('neighbours among other points are those that scikit-learn finds', () => {
  const { indices, distances } = nearestNeighboursAmong(otherPoints, realPoints, 3);
  assert.deepEqual([...indices], twoSets.nearest.indices.flat());
  assertAllClose(distances, twoSets.nearest.distances.flat(), 1e-12);
});

test('within a set, across blocks, neighbours are those of sorting all distances, without the point itself', () => {
  const points = normalPoints(1100, 19, 3);
  const k = 4;
  const { indices, distances } = nearestNeighbours(points, k);
  for (const row of [0, 511, 512, 1099]) {
    const all = Array.from({ length: points.rows }, (_, other) => other).filter((other) => other !== row);
    const squared = all.map((other) => squaredDistance(points, row, points, other));
    const order = [...all.keys()].sort((a, b) => squared[a] - squared[b]).slice(0, k);
    assert.deepEqual(
      [...indices.slice(row * k, (row + 1) * k)],
      order.map((at) => all[at]),
    );
    assert.deepEqual(
      [...distances.slice(row * k, (row + 1) * k)],
      order.map((at) => Math.sqrt(squared[at])),
    );
  }
});

test('an equal point is a neighbour at distance 0, and of equally near ones the first comes first', () => {
  const points = dense([
    [0, 0],
    [1, 0],
    [0, 0],
    [0, 1],
  ]);
  const { indices, distances } = nearestNeighbours(points, 3);
  assert.deepEqual([...indices.slice(0, 3)], [2, 1, 3]);
  assert.deepEqual([...distances.slice(0, 3)], [0, 1, 1]);
});

test('more neighbours than there are points to choose from are refused', () => {
  const points = normalPoints(3, 2, 0);
  assert.equal(nearestNeighboursAmong(points, points, 3).k, 3);
  assert.throws(() => nearestNeighbours(points, 3), OptionError);
  assert.throws(() => nearestNeighboursAmong(points, points, 4), OptionError);
  assert.throws(() => nearestNeighbours(points, 0), OptionError);
});
