import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { test } from 'node:test';
import type { AnnData, Column, CsrMatrix, DenseMatrix } from '../../src/io/anndata.js';
import { writeH5ad } from '../../src/io/write.js';
import { projectRoot } from '../shared.js';
import { temporaryFolder } from '../temporary-folder.js';

/** Debian's python3-anndata is installed for this interpreter, whatever other one comes first in the path. */
const python = '/usr/bin/python3';
const script = join(projectRoot, 'test', 'io', 'read_back.py');
const hasAnndata = spawnSync(python, ['-c', 'import anndata, h5py']).status === 0;
const skip = hasAnndata ? false : 'needs python3-anndata (Debian: apt-get install python3-anndata)';

const counts: CsrMatrix = {
  format: 'csr',
  rows: 3,
  cols: 2,
  indptr: Float64Array.of(0, 1, 1, 3),
  indices: Int32Array.of(1, 0, 1),
  data: Float32Array.of(3, 1, 2),
};
const logged: DenseMatrix = {
  format: 'dense',
  rows: 3,
  cols: 2,
  data: Float64Array.of(0, 0.25, 0, 0, 0.5, 0.25),
};
const distances: CsrMatrix = { ...counts, cols: 3 };
const columns = new Map<string, Column>([
  [
    'cell_type',
    { kind: 'categorical', categories: ['B', 'T γδ'], codes: Int32Array.of(1, -1, 0), ordered: false },
  ],
  [
    'stage',
    { kind: 'categorical', categories: ['early', 'late'], codes: Int32Array.of(0, 1, 1), ordered: true },
  ],
  ['barcode', { kind: 'string', values: ['AA', '', 'CC'] }],
  ['n_genes', { kind: 'numeric', values: Float64Array.of(1, 0, 2), integer: true }],
  ['n_missing', { kind: 'numeric', values: Float64Array.of(1, Number.NaN, 2), integer: true }],
  ['score', { kind: 'numeric', values: Float64Array.of(0.5, Number.NaN, -1), integer: false }],
  ['kept', { kind: 'boolean', values: [true, false, true] }],
  ['known', { kind: 'boolean', values: [true, null, false] }],
  ['qc/mito', { kind: 'numeric', values: Float64Array.of(0, 0.5, 1), integer: false }],
]);
const adata: AnnData = {
  X: counts,
  obs: { index: ['a', 'b', 'c'], columns },
  var: { index: ['Gene1', 'Gène2'], columns: new Map() },
  layers: new Map([['logged', logged]]),
  obsm: new Map([['X_pca', { format: 'dense', rows: 3, cols: 1, data: Float32Array.of(1, 2, 3) }]]),
  varm: new Map(),
  obsp: new Map([['distances', distances]]),
  varp: new Map(),
  raw: { X: counts, var: { index: ['Gene1', 'Gène2'], columns: new Map() } },
  uns: {
    cell_type_colors: ['#ff0000', '#00ff00'],
    cellcrate: {
      version: '0.1.0',
      seed: 7,
      guidance: 1.5,
      resumed: false,
      loss: Float32Array.of(1, 0.5),
      note: '',
    },
  },
};

test('anndata reads every kind of element without a warning', { skip }, async (t) => {
  const path = join(temporaryFolder(t), 'a.h5ad');
  await writeH5ad(path, adata);
  const read = readBack(path);
  assert.deepEqual(read, {
    unmarked: [],
    shape: [3, 2],
    obs_names: ['a', 'b', 'c'],
    var_names: ['Gene1', 'Gène2'],
    X: { type: 'csr_matrix', dtype: 'float32', shape: [3, 2], sum: 6 },
    layers: { logged: { type: 'ndarray', dtype: 'float64', shape: [3, 2], sum: 1 } },
    obsm: { X_pca: { type: 'ndarray', dtype: 'float32', shape: [3, 1], sum: 6 } },
    obsp: { distances: { type: 'csr_matrix', dtype: 'float32', shape: [3, 3], sum: 6 } },
    raw: { shape: [3, 2], X: { type: 'csr_matrix', dtype: 'float32', shape: [3, 2], sum: 6 } },
    dtypes: {
      cell_type: 'category',
      stage: 'category',
      barcode: 'object',
      n_genes: 'int64',
      n_missing: 'Int64',
      score: 'float64',
      kept: 'bool',
      known: 'boolean',
      'qc/mito': 'float64',
    },
    values: {
      cell_type: ['T γδ', 'nan', 'B'],
      stage: ['early', 'late', 'late'],
      barcode: ['AA', '', 'CC'],
      n_genes: ['1', '0', '2'],
      n_missing: ['1', '<NA>', '2'],
      score: ['0.5', 'nan', '-1.0'],
      kept: ['True', 'False', 'True'],
      known: ['True', '<NA>', 'False'],
      'qc/mito': ['0.0', '0.5', '1.0'],
    },
    ordered: { cell_type: false, stage: true },
    uns: {
      cell_type_colors: ['#ff0000', '#00ff00'],
      cellcrate: { version: '0.1.0', seed: 7, guidance: 1.5, resumed: false, loss: [1, 0.5], note: '' },
    },
  });
});

test('anndata reads a file without cells, columns or matrix', { skip }, async (t) => {
  const path = join(temporaryFolder(t), 'a.h5ad');
  await writeH5ad(path, {
    obs: { index: [], columns: new Map() },
    var: { index: ['g'], columns: new Map() },
  });
  const read = readBack(path);
  assert.deepEqual([read.shape, read.X, read.unmarked], [[0, 1], null, []]);
});

function readBack(path: string): Record<string, unknown> {
  const { status, stdout, stderr } = spawnSync(python, [script, path], { encoding: 'utf8' });
  assert.equal(status, 0, stderr);
  return JSON.parse(stdout);
}
