import assert from 'node:assert/strict';
import { test } from 'node:test';
import { affinities } from '../../src/embedding/affinities.js';
import { DataError } from '../../src/errors.js';
import { nearestNeighbours } from '../../src/metrics/neighbours.js';
import { clusters } from './clusters.js';

test('affinities are symmetric, sum to 1, and leave out the diagonal', () => {
  const cells = 150;
  const { indptr, indices, values } = affinities(nearestNeighbours(clusters(cells, 3, 4), 31), 10);
  const dense = new Float64Array(cells * cells);
  for (let i = 0; i < cells; i++) {
    for (let k = indptr[i]; k < indptr[i + 1]; k++) dense[i * cells + indices[k]] += values[k];
  }
  let total = 0;
  for (let i = 0; i < cells; i++) {
    assert.equal(dense[i * cells + i], 0);
    for (let j = 0; j < cells; j++) {
      assert.equal(dense[i * cells + j], dense[j * cells + i]);
      total += dense[i * cells + j];
    }
  }
  assert.ok(Math.abs(total - 1) < 1e-6, String(total));
});

test('every cell has the perplexity that was asked for', () => {
  const [cells, k, perplexity] = [60, 50, 12];
  // Nobody has the first cells among its neighbours, so that a row of theirs is p_j|i / 2n and no more.
  const all = nearestNeighbours(clusters(cells, 2, 3), k);
  const shifted = {
    k,
    indices: Int32Array.from({ length: (cells + k) * k }, (_, at) => {
      const row = Math.floor(at / k);
      return row < cells ? cells + (at % k) : cells + ((row - cells + 1 + (at % (k - 1))) % k);
    }),
    distances: Float64Array.from(
      { length: (cells + k) * k },
      (_, at) => all.distances[at % all.distances.length],
    ),
  };
  const { indptr, values } = affinities(shifted, perplexity);
  for (let cell = 0; cell < cells; cell++) {
    const row = Array.from(values.subarray(indptr[cell], indptr[cell + 1]), (p) => 2 * (cells + k) * p);
    const entropy = row.reduce((sum, p) => sum - (p > 0 ? p * Math.log(p) : 0), 0);
    assert.ok(Math.abs(Math.exp(entropy) - perplexity) < 1e-3, `${cell}: ${Math.exp(entropy)}`);
  }
});

test('cells that are all the same are all alike', () => {
  const same = { format: 'dense' as const, rows: 20, cols: 2, data: new Float32Array(40).fill(3) };
  const { values } = affinities(nearestNeighbours(same, 19), 5);
  for (const p of values) assert.ok(Math.abs(p - 1 / (20 * 19)) < 1e-9);
});

test('a perplexity needs more neighbours than itself', () => {
  assert.throws(() => affinities(nearestNeighbours(clusters(20, 2, 1), 10), 10), DataError);
});
