import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DataError } from '../../src/errors.js';
import type { Column, DataFrame } from '../../src/io/anndata.js';
import {
  columnLabels,
  countLabels,
  labelCandidates,
  obviousLabelColumn,
  requireLabels,
} from '../../src/model/label-columns.js';

const cells = 60;

function groups(count: number): Column {
  return {
    kind: 'categorical',
    categories: Array.from({ length: count }, (_, i) => `g${i}`),
    codes: Int32Array.from({ length: cells }, (_, i) => i % count),
    ordered: false,
  };
}

const integers = (distinct: number): Column => ({
  kind: 'numeric',
  integer: true,
  values: Float64Array.from({ length: cells }, (_, i) => i % distinct),
});

function frame(columns: Record<string, Column>): DataFrame {
  return {
    index: Array.from({ length: cells }, (_, i) => `cell${i}`),
    columns: new Map(Object.entries(columns)),
  };
}

test('text of every kind of column, null where it is missing', () => {
  assert.deepEqual(
    columnLabels({
      kind: 'categorical',
      categories: ['a', 'b'],
      codes: Int32Array.of(1, -1, 0),
      ordered: false,
    }),
    ['b', null, 'a'],
  );
  assert.deepEqual(
    columnLabels({ kind: 'numeric', integer: false, values: Float64Array.of(1.5, Number.NaN) }),
    ['1.5', null],
  );
  assert.deepEqual(columnLabels({ kind: 'boolean', values: [true, null] }), ['true', null]);
  assert.deepEqual(
    [...countLabels({ kind: 'string', values: ['x', 'y', null, 'y'] })],
    [
      ['y', 2],
      ['x', 1],
    ],
  );
});

test('candidates are groups that repeat; numbers only under a telling name', () => {
  const obs = frame({
    barcode: { kind: 'string', values: Array.from({ length: cells }, (_, i) => `b${i}`) },
    n_genes: integers(10),
    tissue: groups(1),
    donor: groups(4),
    louvain: integers(5),
    good: { kind: 'boolean', values: Array.from({ length: cells }, (_, i) => i % 2 === 0) },
    score: { kind: 'numeric', integer: false, values: new Float64Array(cells) },
  });
  assert.deepEqual(labelCandidates(obs), ['louvain', 'donor']);
});

test('the obvious column is the only one, or the one of the most telling name', () => {
  assert.equal(obviousLabelColumn(frame({ donor: groups(4) })), 'donor');
  assert.equal(
    obviousLabelColumn(frame({ donor: groups(4), leiden: groups(5), CellType: groups(6) })),
    'CellType',
  );
  assert.equal(obviousLabelColumn(frame({ batch: groups(2), cell_line: groups(6) })), 'cell_line');
  assert.equal(obviousLabelColumn(frame({ batch: groups(2), donor: groups(6) })), null);
  assert.equal(obviousLabelColumn(frame({ leiden: groups(2), louvain: groups(6) })), null);
  assert.equal(obviousLabelColumn(frame({})), null);
});

test('a column that does not exist is an error that says which do', () => {
  assert.throws(
    () => requireLabels(frame({ donor: groups(4) }), 'cell_type', 'a.h5ad'),
    (error) => error instanceof DataError && /'cell_type'.*'donor'/.test(error.message),
  );
});
