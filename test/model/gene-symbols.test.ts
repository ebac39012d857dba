import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DataError } from '../../src/errors.js';
import type { Column, DataFrame } from '../../src/io/anndata.js';
import { geneSymbols, setsOfSymbols } from '../../src/model/gene-symbols.js';

const text = (...values: (string | null)[]): Column => ({ kind: 'string', values });
const genes = ['WBGene1', 'WBGene2', 'WBGene3', 'WBGene4'];

const frame = (columns: Record<string, Column>): DataFrame => ({
  index: ['WBGene4', 'WBGene3', 'WBGene2', 'WBGene1'],
  columns: new Map(Object.entries(columns)),
});

test('genes go by the symbols of a usual column, found by their names in the index', () => {
  const found = frame({ gene_short_name: text('unc-54', 'lin-3', 'lin-3', 'egl-1') });
  assert.deepEqual(geneSymbols(found, genes, undefined, 'a.h5ad'), [
    ...['egl-1', 'lin-3 (WBGene2)', 'lin-3 (WBGene3)', 'unc-54'],
  ]);
});

test('a missing or empty symbol leaves the name; without a column all names stay', () => {
  const gaps = frame({ feature_name: text('unc-54', null, ' ', 'egl-1') });
  assert.deepEqual(geneSymbols(gaps, genes, undefined, 'a.h5ad'), ['egl-1', 'WBGene2', 'WBGene3', 'unc-54']);
  assert.equal(geneSymbols(frame({ highly_variable: text() }), genes, undefined, 'a.h5ad'), genes);
});

test('the column that is asked for wins over the usual ones, and one that is missing is named beside those there are', () => {
  const both = frame({ symbol: text('a', 'b', 'c', 'd'), own: text('w', 'x', 'y', 'z') });
  assert.deepEqual(geneSymbols(both, genes, 'own', 'a.h5ad'), ['z', 'y', 'x', 'w']);
  assert.throws(
    () => geneSymbols(both, genes, 'alias', 'a.h5ad'),
    (error) => {
      assert.ok(error instanceof DataError);
      assert.match(error.message, /a\.h5ad.*'alias'.*'symbol', 'own'/);
      return true;
    },
  );
});

test('gene sets may use symbols or names in the index', () => {
  const sets = [{ name: 'death', genes: ['wbgene1', 'ced-3', 'EGL-2'] }];
  const symbols = ['egl-1', 'egl-2', 'egl-3', 'egl-4'];
  assert.deepEqual(setsOfSymbols(sets, genes, symbols), [
    { name: 'death', genes: ['egl-1', 'ced-3', 'EGL-2'] },
  ]);
});
