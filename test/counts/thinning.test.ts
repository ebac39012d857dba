import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { PreparedCells } from '../../src/counts/preprocessing.js';
import { thinnedCells } from '../../src/counts/thinning.js';
import { stream } from '../../src/random/stream.js';

/** Two genes a cell, few and many molecules. */
function cells(rows: number): PreparedCells {
  const values = {
    ...{ format: 'csr' as const, rows, cols: 3 },
    indptr: Float64Array.from({ length: rows + 1 }, (_, row) => 2 * row),
    indices: Int32Array.from({ length: 2 * rows }, (_, at) => (at % 2) * 2),
    data: Float32Array.from({ length: 2 * rows }, (_, at) => (at % 2 === 0 ? 4 : 200)),
  };
  const preprocessing = {} as PreparedCells['preprocessing'];
  return { preprocessing, values, librarySize: new Float64Array(rows).fill(204) };
}

test('molecules are only ever lost: half to all of them, three quarters on average, whole ones', () => {
  const all = cells(4000);
  const rows = Int32Array.from({ length: 4000 }, (_, row) => row);
  const thinned = thinnedCells(all, rows, stream(0, 'test'));
  const mean = (gene: number) => {
    let sum = 0;
    for (let row = 0; row < 4000; row++) sum += thinned.values.data[2 * row + gene];
    return sum / 4000;
  };
  assert.ok(Math.abs(mean(0) - 3) < 0.06, `${mean(0)}`);
  assert.ok(Math.abs(mean(1) - 150) < 2, `${mean(1)}`);
  thinned.values.data.forEach((count, at) => {
    assert.ok(Number.isInteger(count) && count >= 0 && count <= all.values.data[at]);
  });
  // Binomial given the share that is kept: 16 var(share) + 4 E[share (1 - share)] for the gene of 4 molecules.
  let squares = 0;
  for (let row = 0; row < 4000; row++) squares += (thinned.values.data[2 * row] - mean(0)) ** 2 / 4000;
  assert.ok(Math.abs(squares - (16 / 48 + 4 * (0.75 - 7 / 12))) < 0.08, `${squares}`);
});

test('rows are those that were asked for, with their totals; the cells themselves stay', () => {
  const all = cells(5);
  all.values.data.set([1, 0], 6);
  const thinned = thinnedCells(all, [3, 0, 3], stream(1, 'test'));
  assert.equal(thinned.values.rows, 3);
  assert.deepEqual([...thinned.values.indices], [0, 2, 0, 2, 0, 2]);
  assert.ok(thinned.values.data[0] <= 1 && thinned.values.data[1] === 0);
  thinned.librarySize.forEach((size, row) => {
    assert.equal(size, thinned.values.data[2 * row] + thinned.values.data[2 * row + 1]);
  });
  assert.deepEqual([...all.values.data.subarray(0, 2)], [4, 200]);
});
