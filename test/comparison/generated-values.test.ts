import assert from 'node:assert/strict';
import { test } from 'node:test';
import { comparableValues } from '../../src/comparison/generated-values.js';
import { selectColumns, toCsr } from '../../src/counts/csr.js';
import { log1p, normaliseTotal } from '../../src/counts/library-size.js';
import type { CsrMatrix } from '../../src/io/anndata.js';
import { smallTissue } from '../model/small-tissue.js';

const counts = toCsr(smallTissue().X);
const genes = smallTissue().var.index;
const onCounts = { values: 'counts', target: 320 } as const;

const cellsOf = (X: CsrMatrix, layers: ReadonlyMap<string, CsrMatrix> = new Map(), names = genes) => ({
  ...{ X, layers, var: { index: names, columns: new Map() } },
});

test('counts stay counts, and logarithms come to the total of the held-out cells', () => {
  const logged = log1p(normaliseTotal(counts, 500));
  const drawn = comparableValues(cellsOf(logged, new Map([['counts', counts]])), genes, onCounts, 500);
  assert.equal(drawn.values, 'counts');
  assert.deepEqual(drawn.cells, counts);

  const { values, cells } = comparableValues(cellsOf(logged), genes, onCounts, 500);
  assert.equal(values, 'log-normalised');
  const expected = log1p(normaliseTotal(counts, 320));
  cells.data.forEach((value, k) => {
    assert.ok(Math.abs(value - expected.data[k]) < 1e-5, `${value} is not ${expected.data[k]}`);
  });
});

test('values that no exponential holds stay finite and in order', () => {
  const wild = { ...counts, data: counts.data.map((_, k) => 49 + k) };
  const { data } = comparableValues(cellsOf(wild), genes, onCounts, 500).cells;
  data.forEach((value, k) => {
    assert.ok(Math.abs(value - (49 + k + Math.log(320 / 500))) < 1e-3 && Number.isFinite(value));
  });
});

test('logarithms of a file are left as they are', () => {
  const reference = { values: 'log-normalised', target: null } as const;
  assert.deepEqual(comparableValues(cellsOf(counts), genes, reference, null), {
    ...{ values: 'log-normalised', cells: counts },
  });
});

test('a gene that the model lacks is zero', () => {
  const kept = [0, 2, 5];
  const few = cellsOf(
    counts,
    new Map([['counts', selectColumns(counts, kept)]]),
    kept.map((gene) => genes[gene]),
  );
  const { cells } = comparableValues(few, genes, onCounts, 500);
  assert.equal(cells.cols, genes.length);
  assert.deepEqual(selectColumns(cells, kept), selectColumns(counts, kept));
  assert.equal(cells.data.length, selectColumns(counts, kept).data.length);
});
