import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { type File, Group } from 'h5wasm/node';
import { FileError } from '../../src/errors.js';
import { withH5ad } from '../../src/io/h5ad-file.js';
import { readH5ad } from '../../src/io/read.js';
import { temporaryFolder } from '../temporary-folder.js';
import { type Build, frames, handmade } from './handmade.js';

function sparse(
  file: File,
  type: string,
  parts: {
    data: Int16Array | Int32Array | Float64Array;
    indices: BigInt64Array | Int32Array;
    indptr: number[];
    shape?: number[];
  },
): void {
  const group = file.create_group('X');
  group.create_attribute('encoding-type', type);
  group.create_attribute('encoding-version', '0.1.0');
  group.create_attribute('shape', parts.shape ?? [3, 2]);
  group.create_dataset({ name: 'data', data: parts.data });
  group.create_dataset({ name: 'indices', data: parts.indices });
  group.create_dataset({ name: 'indptr', data: Int32Array.from(parts.indptr) });
}

test('CSR with 64-bit indices, out of order and repeated, is put in order and summed', async (t) => {
  const path = await handmade(t, (file) => {
    frames(file);
    const indices = BigInt64Array.of(1n, 0n, 1n, 1n, 0n);
    sparse(file, 'csr_matrix', { data: Int16Array.of(1, 2, 3, 4, 5), indices, indptr: [0, 3, 3, 5] });
  });
  const { X } = await readH5ad(path);
  assert.deepEqual(X, {
    format: 'csr',
    rows: 3,
    cols: 2,
    indptr: Float64Array.of(0, 2, 2, 4),
    indices: Int32Array.of(0, 1, 0, 1),
    data: Float32Array.of(2, 4, 5, 4),
  });
});

test('entries of one place are summed in float64, and a sum that float32 cannot hold stays so', async (t) => {
  for (const type of ['csr_matrix', 'csc_matrix']) {
    const path = await handmade(t, (file) => {
      frames(file);
      const parts = { data: Int32Array.of(2 ** 24, 1), indices: Int32Array.of(0, 0) };
      sparse(file, type, { ...parts, indptr: type === 'csr_matrix' ? [0, 2, 2, 2] : [0, 2, 2] });
    });
    await withH5ad(path, async (file) => {
      assert.deepEqual((await file.readMatrix('X')).data, Float64Array.of(2 ** 24 + 1));
      assert.equal(await file.isWide('X'), true);
    });
    const warnings: string[] = [];
    await readH5ad(path, (sentence) => warnings.push(sentence));
    assert.deepEqual(warnings, ['X: int32 became float64, with the same values']);
  }
});

test('CSC becomes CSR, whole and by rows; what float32 cannot hold stays float64', async (t) => {
  const path = await handmade(t, (file) => {
    frames(file);
    sparse(file, 'csc_matrix', {
      data: Float64Array.of(0.1, 2, 3),
      indices: Int32Array.of(0, 2, 1),
      indptr: [0, 2, 3],
    });
  });
  await withH5ad(path, async (file) => {
    assert.deepEqual(file.matrices()[0], {
      name: 'X',
      rows: 3,
      cols: 2,
      storage: 'csc',
      dtype: 'float64',
      storedValues: 3,
    });
    const whole = await file.readMatrix('X');
    assert.deepEqual([whole.format, whole.data], ['csr', Float64Array.of(0.1, 3, 2)]);
    const last = await file.readRows('X', 1, 3);
    assert.deepEqual(last, {
      format: 'csr',
      rows: 2,
      cols: 2,
      indptr: Float64Array.of(0, 1, 2),
      indices: Int32Array.of(1, 0),
      data: Float32Array.of(3, 2),
    });
  });
});

test('anndata 0.7 and older: categories beside the columns, tables for frames, h5sparse groups', async (t) => {
  const seven = await handmade(t, (file) => {
    frames(file);
    file.create_dataset({ name: 'X', data: new Float32Array(6), shape: [3, 2] });
    file.create_group('obs/__categories').create_dataset({ name: 'type', data: ['B', 'T'] });
    const codes = file.create_dataset({ name: 'obs/type', data: Int8Array.of(1, -1, 0) });
    codes?.create_attribute('categories', 'reference');
  });
  const type = {
    kind: 'categorical',
    categories: ['B', 'T'],
    codes: Int32Array.of(1, -1, 0),
    ordered: false,
  };
  assert.deepEqual((await readH5ad(seven)).obs.columns.get('type'), type);

  const six = await handmade(t, (file) => {
    const obs = new Map<string, string[] | Int8Array>([
      ['index', ['a', 'b', 'c']],
      ['type', Int8Array.of(1, -1, 0)],
    ]);
    file.create_dataset({
      name: 'obs',
      data: obs,
      shape: [3],
      dtype: [
        ['index', 'S4'],
        ['type', '<b'],
      ],
    });
    file.create_dataset({
      name: 'var',
      data: new Map([['index', ['x', 'y']]]),
      shape: [2],
      dtype: [['index', 'S4']],
    });
    file.create_group('uns').create_dataset({ name: 'type_categories', data: ['B', 'T'] });
    const group = file.create_group('X');
    group.create_attribute('h5sparse_format', 'csr');
    group.create_attribute('h5sparse_shape', [3, 2]);
    group.create_dataset({ name: 'data', data: Float32Array.of(7) });
    group.create_dataset({ name: 'indices', data: Int32Array.of(1) });
    group.create_dataset({ name: 'indptr', data: Int32Array.of(0, 0, 1, 1) });
  });
  const old = await readH5ad(six);
  assert.deepEqual(
    [old.obs.index, old.var.index, old.uns],
    [['a', 'b', 'c'], ['x', 'y'], Object.create(null)],
  );
  assert.deepEqual(old.obs.columns.get('type'), type);
  assert.deepEqual(old.X?.data, Float32Array.of(7));
});

const unsound: readonly (readonly [what: string, build: Build, words: RegExp])[] = [
  [
    'indices beyond the genes',
    (file) =>
      sparse(file, 'csr_matrix', {
        data: Float64Array.of(1),
        indices: Int32Array.of(2),
        indptr: [0, 1, 1, 1],
      }),
    /X\/indices holds 2, outside of 0 to 1/,
  ],
  [
    'offsets that fall',
    (file) =>
      sparse(file, 'csr_matrix', {
        data: Float64Array.of(1, 1),
        indices: Int32Array.of(0, 1),
        indptr: [0, 2, 1, 2],
      }),
    /X\/indptr does not rise/,
  ],
  [
    'offsets beyond the data',
    (file) =>
      sparse(file, 'csr_matrix', {
        data: Float64Array.of(1),
        indices: Int32Array.of(0),
        indptr: [0, 1, 1, 9],
      }),
    /X\/indptr does not rise/,
  ],
  [
    'offsets that end before the data',
    (file) =>
      sparse(file, 'csr_matrix', {
        data: Float64Array.of(1, 2),
        indices: Int32Array.of(0, 1),
        indptr: [0, 1, 1, 1],
      }),
    /X\/indptr ends with 1, but 2 values are stored/,
  ],
  [
    'places beyond the data',
    (file) =>
      sparse(file, 'csr_matrix', {
        data: Float64Array.of(1),
        indices: Int32Array.of(0, 1),
        indptr: [0, 1, 1, 1],
      }),
    /X has another number of indices than of values/,
  ],
  [
    'a matrix of other cells',
    (file) => file.create_dataset({ name: 'X', data: new Float32Array(8), shape: [4, 2] }),
    /obs has 3 rows, but the matrix asks for 4/,
  ],
  [
    'a layer of another shape',
    (file) =>
      file
        .create_group('layers')
        .create_dataset({ name: 'counts', data: new Float32Array(4), shape: [2, 2] }),
    /obs has 3 rows, but the matrix asks for 2/,
  ],
  [
    'text for a matrix',
    (file) => file.create_dataset({ name: 'X', data: ['a', 'b'] }),
    /X is an unmarked string-array, which is no matrix/,
  ],
  [
    'a link to another file',
    (file) => file.create_external_link('/dev/null', '/X', 'X'),
    /links are not followed/,
  ],
  [
    'an encoding of the future',
    (file) => {
      sparse(file, 'csr_matrix', {
        data: Float64Array.of(1),
        indices: Int32Array.of(0),
        indptr: [0, 1, 1, 1],
      });
      file.create_group('layers').create_group('new').create_attribute('encoding-type', 'sparse-tensor');
    },
    /layers\/new is sparse-tensor, which is no matrix that can be read/,
  ],
  [
    'codes without categories',
    (file) => {
      const group = file.create_group('obs/type');
      group.create_dataset({ name: 'codes', data: Int8Array.of(0, 1, 2) });
      group.create_dataset({ name: 'categories', data: ['B', 'T'] });
    },
    /obs\/type has the code 2, but 2 categories/,
  ],
];

for (const [what, build, words] of unsound) {
  test(`${what} is refused in a sentence`, async (t) => {
    const path = await handmade(t, (file) => {
      frames(file);
      build(file);
    });
    await assert.rejects(readH5ad(path), (error) => error instanceof FileError && words.test(error.message));
  });
}

test('what is left out, mended or changed in type is said', async (t) => {
  const path = await handmade(t, (file) => {
    frames(file);
    sparse(file, 'csr_matrix', {
      data: Int16Array.of(7),
      indices: Int32Array.of(1),
      indptr: [0, 1, 1, 1],
    });
    for (const path of ['obsm', 'obsm/cube', 'varp', 'uns', 'raw', 'raw/varm']) file.create_group(path);
    file.create_group('obsm/table').create_attribute('column-order', ['one']);
    file.create_dataset({ name: 'obsm/table/index', data: ['a', 'b', 'c'] });
    file.create_dataset({ name: 'obsm/table/one', data: Float64Array.of(1, 2, 3) });
    file.create_dataset({ name: 'varp/tree', data: 'not a matrix', shape: [] });
    file.create_dataset({ name: 'uns/grid', data: Float64Array.of(1, 2, 3, 4), shape: [2, 2] });
    file.create_dataset({ name: 'raw/varm/PCs', data: Float64Array.of(1) });
    file.create_dataset({ name: 'stranger', data: Float64Array.of(1) });
  });
  const warnings: string[] = [];
  const data = await readH5ad(path, (sentence) => warnings.push(sentence));
  assert.deepEqual(warnings, [
    'obsm/cube was left out: it is an unmarked mapping',
    'obsm/table: a data frame became a matrix, without the names of its columns',
    'varp/tree was left out: it is an unmarked string',
    'uns: left out what is neither text, number nor list: uns/grid',
    'stranger was left out: it has no place here',
    'raw/varm/PCs was left out: it has no place here',
    'X: int16 became float32, with the same values',
  ]);
  assert.deepEqual([...data.obsm.get('table')!.data], [1, 2, 3]);
});

test('a column whose name has a slash lies nested, as anndata writes it', async (t) => {
  const path = await handmade(t, (file) => {
    frames(file);
    new Group(file.file_id, 'obs').create_attribute('column-order', ['a/b', 'a/c']);
    file.create_group('obs/a');
    file.create_dataset({ name: 'obs/a/b', data: Float64Array.of(1.5, 2, 3) });
    file.create_dataset({ name: 'obs/a/c', data: ['u', 'v', 'w'] });
  });
  const { columns } = (await readH5ad(path)).obs;
  assert.deepEqual(
    [...columns],
    [
      ['a/b', { kind: 'numeric', values: Float64Array.of(1.5, 2, 3), integer: false }],
      ['a/c', { kind: 'string', values: ['u', 'v', 'w'] }],
    ],
  );
});

test('files that are no .h5ad are told apart', async (t) => {
  const folder = temporaryFolder(t);
  mkdirSync(join(folder, 'folder'));
  const cases: readonly (readonly [name: string, bytes: string | null, words: RegExp])[] = [
    ['missing', null, /no such file/],
    ['folder', null, /is a folder, not a file/],
    ['empty', '', /is empty/],
    ['text', 'gene\tcell\n', /is not an HDF5 file/],
    ['gz', '\x1f\x8b\x08', /gzip-compressed as a whole/],
    ['lfs', 'version https://git-lfs.github.com/spec/v1\n', /Git LFS pointer/],
  ];
  for (const [name, bytes, words] of cases) {
    const path = join(folder, name);
    if (bytes !== null) writeFileSync(path, bytes, 'latin1');
    await assert.rejects(readH5ad(path), (error) => error instanceof FileError && words.test(error.message));
  }
  const tenX = await handmade(t, (file) => file.create_group('matrix'));
  await assert.rejects(readH5ad(tenX), /10x Genomics HDF5 file.*read_10x_h5/);
});
