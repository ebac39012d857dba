import assert from 'node:assert/strict';
import { test } from 'node:test';
import { concatRows } from '../../src/counts/csr.js';
import type { CsrMatrix } from '../../src/io/anndata.js';
import { copyingControl, copyingFigures } from '../../src/metrics/copying.js';
import { trainingScores } from '../../src/metrics/memorisation.js';
import { assertClose } from './close.js';
import { simulatedCounts } from './simulated-cells.js';

const genes = 30;
const [train, heldOut, fresh] = [1, 2, 3].map((seed) => simulatedCounts(300, genes, seed));
const figuresOf = (cells: CsrMatrix) => copyingFigures(trainingScores(train, heldOut, cells, 30, 0));

/** Every value a little nearer to its gene's mean: cells without some of their noise. */
function smoothed(cells: CsrMatrix): CsrMatrix {
  const means = new Float64Array(cells.cols);
  cells.indices.forEach((gene, at) => {
    means[gene] += cells.data[at] / cells.rows;
  });
  return { ...cells, data: cells.data.map((value, at) => value + 0.4 * (means[cells.indices[at]] - value)) };
}

test('new cells of the same population copy nothing', () => {
  const { measurements, nearest } = figuresOf(fresh);
  assertClose(measurements.nearer_share!.value, 0.5, 0.06);
  assertClose(measurements.copied_share!.value, 0, 0.15);
  assert.equal(nearest.generated.length, 300);
  assert.deepEqual(copyingControl(nearest), { value: 1, interval: null, n: 300 });
});

test('the copied share is the share of copies among new cells', () => {
  assertClose(figuresOf(train).measurements.copied_share!.value, 1, 1e-9);
  const rows = (matrix: CsrMatrix, end: number): CsrMatrix => ({
    ...{ ...matrix, rows: end, indptr: matrix.indptr.slice(0, end + 1) },
    indices: matrix.indices.slice(0, matrix.indptr[end]),
    data: matrix.data.slice(0, matrix.indptr[end]),
  });
  const mixed = concatRows([rows(train, 120), rows(fresh, 180)], genes);
  assertClose(figuresOf(mixed).measurements.copied_share!.value, 0.4, 0.12);
});

test('smooth cells are nearer to training cells than held-out ones, but copy nothing', () => {
  const { measurements } = figuresOf(smoothed(fresh));
  assert.ok(measurements.nearer_share!.value > 0.6);
  assertClose(measurements.copied_share!.value, 0, 0.15);
});

test('values do not depend on resampling, and a resample of all cells gives them again', () => {
  const { measurements } = figuresOf(fresh);
  const all = Int32Array.from({ length: 300 }, (_, row) => row);
  for (const { value, resample } of Object.values(measurements)) {
    assertClose(resample!.statistic(all, all), value, 1e-12);
  }
});
