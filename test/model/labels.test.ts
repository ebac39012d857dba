import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { DataError, OptionError } from '../../src/errors.js';
import type { Column, DataFrame } from '../../src/io/anndata.js';
import { assignLabels } from '../../src/model/label-requests.js';
import {
  conditionWidth,
  type Hidden,
  labelColumns,
  nothingHidden,
  oneHot,
  readLabels,
  withClusters,
} from '../../src/model/labels.js';

function frame(columns: Record<string, Column>): DataFrame {
  const [first] = Object.values(columns);
  const { length } = first.kind === 'categorical' ? first.codes : first.values;
  const index = Array.from({ length }, (_, cell) => `cell${cell}`);
  return { index, columns: new Map(Object.entries(columns)) };
}

const text = (...values: (string | null)[]): Column => ({ kind: 'string', values });
const numbers = (integer: boolean, ...values: number[]): Column => ({
  kind: 'numeric',
  integer,
  values: Float64Array.from(values),
});
const categorical = (categories: string[], ...codes: number[]): Column => ({
  kind: 'categorical',
  categories,
  codes: Int32Array.from(codes),
  ordered: false,
});

const namesOf = (column: Column) => readLabels(frame({ key: column }), ['key'], 'file').space.keys[0].names;
const codesOf = (column: Column) => Array.from(readLabels(frame({ key: column }), ['key'], 'file').codes);

test('names keep the order of the categories, else they are sorted; those of no cell are left out', () => {
  const column = categorical(['z', 'unused', 'a', ''], 2, 0, -1, 2, 3);
  assert.deepEqual(namesOf(column), ['z', 'a']);
  assert.deepEqual(codesOf(column), [1, 0, -1, 1, -1]);
  assert.deepEqual(namesOf(text('b', null, 'a', 'b', '')), ['a', 'b']);
  assert.deepEqual(codesOf(text('b', null, 'a', 'b', '')), [1, -1, 0, 1, -1]);
});

test('a scale stays one on generated cells', () => {
  const scale = { ...categorical(['low', 'high'], 0, 1, 1), ordered: true } as const;
  const { space, codes } = readLabels(
    frame({ dose: scale, type: text('a', 'b', 'b') }),
    ['dose', 'type'],
    'file',
  );
  const columns = labelColumns(space, codes, 3);
  assert.deepEqual(columns.get('dose'), scale);
  assert.equal(columns.get('type')?.ordered, false);
});

test('a name is known however its accents are written', () => {
  const composed = 'caf\u00e9';
  const { space } = readLabels(frame({ key: text(composed.normalize('NFD'), 'tea') }), ['key'], 'file');
  for (const asked of [composed, composed.normalize('NFD'), `key:${composed}=2`]) {
    assert.deepEqual(Array.from(assignLabels(space, [asked], 2, 0).codes), [0, 0]);
  }
});

test('whole numbers are labels in their own order, whatever type they are stored in, missing ones too', () => {
  for (const integer of [true, false]) {
    const column = numbers(integer, 10, 9, Number.NaN, 10, -1);
    assert.deepEqual(namesOf(column), ['-1', '9', '10']);
    assert.deepEqual(codesOf(column), [2, 1, -1, 2, 0]);
  }
});

test('booleans are labels', () => {
  const column: Column = { kind: 'boolean', values: [true, null, false, true] };
  assert.equal(namesOf(column).length, 2);
  assert.equal(codesOf(column)[1], -1);
});

test('a column is named once', () => {
  const twice = () =>
    readLabels(frame({ type: text('a'), donor: text('b') }), ['type', 'donor', 'type'], 'file');
  assert.throws(twice, (error) => error instanceof OptionError && /^--label-key: 'type'/.test(error.message));
});

test('columns that label nothing are refused: missing, empty, measurements, identifiers', () => {
  const columns = {
    score: numbers(false, 0.5, 1, 2),
    empty: text(null, '', null),
    type: text('a', 'b', 'a'),
  };
  const read = (key: string) => () => readLabels(frame(columns), [key], 'file.h5ad');
  assert.throws(read('celltype'), /there is no obs column 'celltype'\. It has 'score', 'empty', 'type'/);
  assert.throws(read('empty'), /'empty' labels no cell/);
  assert.throws(read('score'), /'score' holds measurements \(3 different numbers\)/);
  const barcodes = frame({ barcode: text(...Array.from({ length: 1001 }, (_, i) => `AC${i}`)) });
  assert.throws(() => readLabels(barcodes, ['barcode'], 'file'), /1001 different values, more than 1000/);
  assert.throws(read('nope'), DataError);
});

test('conditions are one-hot, key beside key; an unlabelled cell asks for nothing', () => {
  const obs = frame({ type: text('a', 'b', 'c', null), batch: text('1', null, '2', null) });
  const { space, codes } = readLabels(obs, ['type', 'batch'], 'file');
  assert.equal(conditionWidth(space), 5);
  const rows = new Float32Array(20);
  for (let cell = 0; cell < 4; cell++) {
    oneHot(space, codes.subarray(2 * cell, 2 * cell + 2), nothingHidden, rows, cell);
  }
  assert.deepEqual(
    [0, 5, 10, 15].map((start) => [...rows.subarray(start, start + 5)]),
    [
      [1, 0, 0, 1, 0],
      [0, 1, 0, 0, 0],
      [0, 0, 1, 0, 1],
      [0, 0, 0, 0, 0],
    ],
  );
  const columns = labelColumns(space, codes, 4);
  assert.deepEqual([...columns.keys()], ['type', 'batch']);
  assert.deepEqual(Array.from(columns.get('batch')!.codes), [0, -1, 1, -1]);
});

test('a cluster stands beside the labels, is never written, and is hidden by itself', () => {
  const labelled = readLabels(frame({ type: text('a', 'b', null) }), ['type'], 'file');
  const { space, codes } = withClusters(labelled, Int32Array.of(1, 0, 1), 2);
  assert.equal(conditionWidth(space), 4);
  assert.deepEqual([...codes], [0, 1, 1, 0, -1, 1]);
  const row = (cell: number, hidden: Hidden) => {
    const out = new Float32Array(4);
    oneHot(space, codes.subarray(2 * cell, 2 * cell + 2), hidden, out, 0);
    return [...out];
  };
  assert.deepEqual(row(0, nothingHidden), [1, 0, 0, 1]);
  assert.deepEqual(row(0, { labels: true, cluster: false }), [0, 0, 0, 1]);
  assert.deepEqual(row(1, { labels: false, cluster: true }), [0, 1, 0, 0]);
  assert.deepEqual(row(2, nothingHidden), [0, 0, 0, 1]);
  const columns = labelColumns(space, codes, 3);
  assert.deepEqual([...columns.keys()], ['type']);
  assert.deepEqual(Array.from(columns.get('type')!.codes), [0, 1, -1]);
  const others = withClusters(labelled, Int32Array.of(0, 0, 0), 2, space);
  assert.equal(others.space, space);
});

test('clusters are drawn as they go with the labels; names never seen together get none', () => {
  const obs = frame({ type: text('a', 'a', 'b', 'b'), batch: text('1', '1', '1', '2') });
  const labelled = readLabels(obs, ['type', 'batch'], 'file');
  const { space } = withClusters(labelled, Int32Array.of(0, 0, 1, 2), 3);
  const clusters = (request: string) => {
    const { codes, cells } = assignLabels(space, [request], 30, 0);
    return new Set(Array.from({ length: cells }, (_, cell) => codes[3 * cell + 2]));
  };
  assert.deepEqual(clusters('a'), new Set([0]));
  assert.deepEqual(clusters('b'), new Set([1, 2]));
  assert.deepEqual(clusters('b,2'), new Set([2]));
  assert.deepEqual(clusters('a,2'), new Set([-1]));
});

const difficult = [
  'B cell',
  'CD4-positive, alpha-beta T cell',
  'CD4-positive',
  'x=5',
  'x',
  ' µ-Zelle ',
  'a:b',
  '7',
];
const { space } = readLabels(
  frame({
    type: categorical(difficult, 0, 1, 2, 3, 4, 5, 6, 7, 0, 0),
    batch: text('7', 'one, two', 'one', '7', '7', '7', '7', '7', '7', null),
  }),
  ['type', 'batch'],
  'file',
);
const batches = space.keys[1].names;

/** The cells of a wish, each as [type, batch]. */
function cellsOf(requests: string[], n?: number): (string | undefined)[][] {
  const { codes, cells } = assignLabels(space, requests, n, 1);
  return Array.from({ length: cells }, (_, i) => [difficult[codes[2 * i]], batches[codes[2 * i + 1]]]);
}

test('a name is understood whatever is in it: commas, equals signs, spaces, colons, UTF-8', () => {
  for (const name of difficult.filter((one) => one !== '7')) {
    for (const [wish, n] of [
      [name, 2],
      [`${name}=2`, undefined],
      [`type:${name}=2`, undefined],
    ] as const) {
      assert.deepEqual(
        cellsOf([wish], n).map(([type]) => type),
        [name, name],
        wish,
      );
    }
    assert.deepEqual(cellsOf([`${name},one, two=1`]), [[name, 'one, two']], name);
    assert.deepEqual(cellsOf([`batch:one,${name}=1`]), [[name, 'one']], name);
  }
});

test('what could mean two things: the whole text is a name first, and a key decides between keys', () => {
  assert.deepEqual(
    cellsOf(['x=5'], 1).map(([type]) => type),
    ['x=5'],
  );
  assert.deepEqual(
    cellsOf(['x=3']).map(([type]) => type),
    ['x', 'x', 'x'],
  );
  assert.throws(() => cellsOf(['7=1']), /'7' is a name of several label keys\. Write type:7 or batch:7/);
  assert.deepEqual(cellsOf(['type:7,batch:one=1']), [['7', 'one']]);
});

test('names that never met can be asked for together', () => {
  assert.deepEqual(cellsOf(['x,batch:one=2']), [
    ['x', 'one'],
    ['x', 'one'],
  ]);
});

test('an open key is drawn among the cells that have the other name', () => {
  assert.deepEqual(new Set(cellsOf(['CD4-positive=20']).map(([, batch]) => batch)), new Set(['one']));
  const batchesOfB = cellsOf(['B cell=300']).map(([, batch]) => batch);
  const unlabelled = batchesOfB.filter((batch) => batch === undefined).length;
  assert.ok(Math.abs(unlabelled - 100) < 35, `${unlabelled} of 300 are unlabelled, a third in training`);
});

test('a count is shared out evenly among the labels that name none', () => {
  const types = cellsOf(['x=4', 'a:b', 'B cell'], 9).map(([type]) => type);
  assert.deepEqual(types, [...Array(4).fill('x'), ...Array(3).fill('a:b'), ...Array(2).fill('B cell')]);
});

test('wishes that cannot be met are refused as wrong calls, and the known names are listed', () => {
  const refused = (requests: string[], n: number | undefined, message: RegExp) =>
    assert.throws(
      () => cellsOf(requests, n),
      (error) => error instanceof OptionError && error.exitStatus === 2 && message.test(error.message),
    );
  refused(
    ['T cell'],
    5,
    /does not know 'T cell'\. It knows type: 'B cell', .*'7'; batch: '7', 'one', 'one, two'/,
  );
  refused(['B cell,nowhere'], 5, /does not know 'nowhere'/);
  refused(['tissue:B cell=1'], undefined, /does not know 'tissue:B cell'/);
  refused(['B cell=-1'], undefined, /'B cell=-1' asks for no cells/);
  refused(['B cell=0'], undefined, /'B cell=0' asks for no cells/);
  refused([''], 5, /does not know ''/);
  refused(['B cell,x'], 5, /two names of 'type' are asked for at once/);
  refused(['B cell'], undefined, /has no count/);
  refused(['B cell=3'], 2, /2 cells do not fit the 3 of the labels/);
  refused(['B cell=1000000000000'], undefined, /1000000000000 cells are too many for one file/);
  refused(['B cell=3'], 4, /4 cells do not fit the 3 of the labels/);
});

test('a model of many names lists some', () => {
  const names = Array.from({ length: 500 }, (_, i) => `cluster ${i}`);
  const large = readLabels(frame({ key: text(...names) }), ['key'], 'file').space;
  const call = () => assignLabels(large, ['cluster 500'], 1, 0);
  assert.throws(call, (error) => error instanceof OptionError && error.message.length < 1000);
  assert.throws(call, /and 460 more$/);
});

test('a model without labels has none to ask for', () => {
  const none = readLabels(frame({ type: text('a', 'b') }), [], 'file').space;
  assert.equal(assignLabels(none, [], 7, 0).cells, 7);
  assert.throws(() => assignLabels(none, ['a'], 7, 0), /--label: this model was trained without labels/);
});

test('whatever the names are, a wish for one of them gives cells of it', () => {
  fc.assert(
    fc.property(
      fc.uniqueArray(fc.string({ minLength: 1, unit: fc.constantFrom('a', ',', '=', ' ', ':', '3', 'é') }), {
        minLength: 1,
        maxLength: 6,
      }),
      fc.integer({ min: 1, max: 5 }),
      (names, n) => {
        const { space: own } = readLabels(
          frame({ key: categorical(names, ...names.keys()) }),
          ['key'],
          'file',
        );
        names.forEach((name, code) => {
          const { codes } = assignLabels(own, [name], n, 0);
          assert.deepEqual(Array.from(codes), Array(n).fill(code));
        });
      },
    ),
  );
});
