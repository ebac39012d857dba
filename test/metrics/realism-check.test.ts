import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DataError } from '../../src/errors.js';
import type { AnnData } from '../../src/io/anndata.js';
import { checkRealism } from '../../src/metrics/realism-check.js';

function cells(genes: readonly string[], rows: readonly (readonly number[])[]): AnnData {
  return {
    X: { format: 'dense', rows: rows.length, cols: genes.length, data: Float32Array.from(rows.flat()) },
    obs: { index: rows.map((_, i) => `cell${i}`), columns: new Map() },
    var: { index: genes, columns: new Map() },
    layers: new Map(),
    obsm: new Map(),
    varm: new Map(),
    obsp: new Map(),
    varp: new Map(),
    raw: null,
    uns: {},
  };
}

const rows = [
  [4, 0, 1],
  [2, 0, 3],
  [9, 1, 0],
];

test('cells compared with themselves agree fully', () => {
  const data = cells(['a', 'b', 'c'], rows);
  assert.deepEqual(checkRealism(data, data), {
    cells: 3,
    genes: 3,
    zeroShare: { real: 1 - 6 / 9, generated: 1 - 6 / 9 },
    medianLibrarySize: { real: 5, generated: 5 },
    geneMeanCorrelation: 1,
  });
});

test('genes are matched by name, and real genes beyond the generated ones are left aside', () => {
  const real = cells(
    ['x', 'c', 'b', 'a'],
    rows.map(([a, b, c]) => [100, c, b, a]),
  );
  const check = checkRealism(real, cells(['a', 'b', 'c'], rows));
  assert.equal(check.medianLibrarySize.real, 5);
  assert.ok(Math.abs(check.geneMeanCorrelation - 1) < 1e-12);
  assert.throws(() => checkRealism(real, cells(['a', 'b', 'z'], rows)), DataError);
});
