import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { kMeans, nearestCentres } from '../../src/embedding/k-means.js';
import type { DenseMatrix } from '../../src/io/anndata.js';
import { stream } from '../../src/random/stream.js';

function points(rows: number, cols: number, value: (row: number, col: number) => number): DenseMatrix {
  const data = Float32Array.from({ length: rows * cols }, (_, at) => value(Math.floor(at / cols), at % cols));
  return { format: 'dense', rows, cols, data };
}

test('well separated groups are found', () => {
  const random = stream(1, 'test points');
  const cells = points(300, 4, (row, col) => (row % 3 === col ? 20 : 0) + random.normal());
  const codes = nearestCentres(cells, kMeans(cells, 3, stream(0, 'test')));
  assert.equal(new Set(codes).size, 3);
  for (let row = 3; row < 300; row++) assert.equal(codes[row], codes[row % 3]);
});

test('each centre is amid the points that are nearest to it; the seed decides', () => {
  const cell = fc.array(fc.integer({ min: -9, max: 9 }), { minLength: 3, maxLength: 3 });
  fc.assert(
    fc.property(
      fc.array(cell, { minLength: 5, maxLength: 40 }),
      fc.integer({ min: 1, max: 5 }),
      (rows, clusters) => {
        const cells = points(rows.length, 3, (row, col) => rows[row][col]);
        const centres = kMeans(cells, clusters, stream(7, 'test'));
        const codes = nearestCentres(cells, centres);
        for (let cluster = 0; cluster < clusters; cluster++) {
          const own = rows.filter((_, row) => codes[row] === cluster);
          for (let k = 0; own.length > 0 && k < 3; k++) {
            const mean = own.reduce((sum, row) => sum + row[k], 0) / own.length;
            assert.ok(Math.abs(centres.data[cluster * 3 + k] - mean) < 1e-5);
          }
        }
        assert.deepEqual(kMeans(cells, clusters, stream(7, 'test')), centres);
      },
    ),
  );
});

test('equal points and more clusters than places are no trouble', () => {
  const same = points(6, 2, () => 1);
  const codes = nearestCentres(same, kMeans(same, 3, stream(0, 'test')));
  assert.deepEqual([...codes], [0, 0, 0, 0, 0, 0]);
});
