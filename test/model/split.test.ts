import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { toCsr } from '../../src/counts/csr.js';
import { DataError, FileError } from '../../src/errors.js';
import type { AnnData, CsrMatrix, DenseMatrix, Matrix } from '../../src/io/anndata.js';
import { readH5ad } from '../../src/io/read.js';
import { writeH5ad } from '../../src/io/write.js';
import { split } from '../../src/model/split.js';
import { temporaryFolder } from '../temporary-folder.js';

const cells = 40;
const genes = 6;

function counts(columns: number, offset: number): CsrMatrix {
  const data = Float32Array.from(
    { length: cells * columns },
    (_, i) => ((i * 7 + offset) % 5) * (i % 3 === 0 ? 1 : 0),
  );
  return toCsr({ format: 'dense', rows: cells, cols: columns, data });
}

const names = (prefix: string, count: number) => Array.from({ length: count }, (_, i) => `${prefix}${i}`);

/** The edge from cell i to cell j is i * 100 + j long; every third is there. */
const edges: DenseMatrix = {
  format: 'dense',
  rows: cells,
  cols: cells,
  data: Float32Array.from({ length: cells ** 2 }, (_, k) => {
    const [i, j] = [Math.floor(k / cells), k % cells];
    return (i + j) % 3 === 0 ? i * 100 + j : 0;
  }),
};

/** A file with one of everything. */
const full: AnnData = {
  X: {
    format: 'dense',
    rows: cells,
    cols: genes,
    data: Float32Array.from({ length: cells * genes }, (_, i) => i / 8),
  },
  layers: new Map([['counts', counts(genes, 1)]]),
  raw: { X: counts(8, 2), var: { index: names('raw', 8), columns: new Map() } },
  obs: {
    index: names('cell', cells),
    columns: new Map([
      [
        'cell_type',
        {
          kind: 'categorical',
          categories: ['a', 'b', 'unused'],
          codes: Int32Array.from({ length: cells }, (_, i) => (i < 30 ? 0 : 1)),
          ordered: false,
        },
      ],
      ['note', { kind: 'string', values: names('note', cells) }],
      [
        'depth',
        { kind: 'numeric', integer: true, values: Float64Array.from({ length: cells }, (_, i) => i * i) },
      ],
      ['good', { kind: 'boolean', values: Array.from({ length: cells }, (_, i) => i % 3 === 0) }],
    ]),
  },
  var: {
    index: names('gene', genes),
    columns: new Map([['symbol', { kind: 'string', values: names('s', genes) }]]),
  },
  obsm: new Map([
    [
      'X_pca',
      { format: 'dense', rows: cells, cols: 2, data: Float32Array.from({ length: cells * 2 }, (_, i) => -i) },
    ],
  ]),
  varm: new Map([
    ['PCs', { format: 'dense', rows: genes, cols: 2, data: new Float32Array(genes * 2).fill(2) }],
  ]),
  obsp: new Map<string, Matrix>([
    ['distances', edges],
    ['connectivities', toCsr(edges)],
  ]),
  varp: new Map([
    ['gene_gene', { format: 'dense', rows: genes, cols: genes, data: new Float32Array(genes ** 2).fill(3) }],
  ]),
  uns: { title: 'one of everything', colours: ['#000000', '#ffffff'] },
};

/** Everything that belongs to a cell, as plain values. */
function belongings(data: AnnData, row: number): unknown {
  const dense = (matrix: { cols: number; data: ArrayLike<number> }) =>
    Array.from({ length: matrix.cols }, (_, col) => matrix.data[row * matrix.cols + col]);
  const sparse = (matrix: CsrMatrix) => {
    const [from, to] = [matrix.indptr[row], matrix.indptr[row + 1]];
    return [[...matrix.indices.slice(from, to)], [...matrix.data.slice(from, to)]];
  };
  return {
    name: data.obs.index[row],
    obs: [...data.obs.columns].map(([name, column]) => [
      name,
      column.kind === 'categorical' ? column.categories[column.codes[row]] : column.values[row],
    ]),
    X: data.X?.format === 'dense' ? dense(data.X) : 'not dense any more',
    counts: sparse(toCsr(data.layers.get('counts')!)),
    raw: sparse(toCsr(data.raw!.X)),
    pca: dense(data.obsm.get('X_pca')!),
  };
}

test('both parts keep everything, and every cell is in one of them as it was', async (t) => {
  const folder = temporaryFolder(t);
  const file = join(folder, 'full.h5ad');
  await writeH5ad(file, full);
  const result = await split(file, { out: join(folder, 'parts'), testFraction: 0.3, seed: 5 });
  assert.equal(result.labelKey, 'cell_type');
  assert.deepEqual(result.labels, [
    { label: 'a', train: 21, test: 9 },
    { label: 'b', train: 7, test: 3 },
  ]);

  const found = new Map<string, unknown>();
  for (const part of [result.train, result.test]) {
    const data = await readH5ad(part.file);
    assert.equal(data.obs.index.length, part.cells);
    assert.deepEqual(data.var, full.var);
    assert.deepEqual(data.varm, full.varm);
    assert.deepEqual(data.varp, full.varp);
    const own = data.obs.index.map((name) => full.obs.index.indexOf(name));
    const among = own.flatMap((i) => own.map((j) => edges.data[i * cells + j]));
    assert.deepEqual([...data.obsp.keys()].sort(), ['connectivities', 'distances']);
    assert.deepEqual([...data.obsp.get('distances')!.data], among);
    assert.deepEqual(
      data.obsp.get('connectivities'),
      toCsr({ ...edges, rows: part.cells, cols: part.cells, data: Float32Array.from(among) }),
    );
    assert.deepEqual(data.raw!.var, full.raw!.var);
    assert.deepEqual({ ...data.uns }, full.uns);
    const labels = data.obs.columns.get('cell_type')!;
    assert.deepEqual(labels.kind === 'categorical' && labels.categories, ['a', 'b', 'unused']);
    data.obs.index.forEach((name, row) => {
      found.set(name, belongings(data, row));
    });
  }
  assert.equal(found.size, cells);
  full.obs.index.forEach((name, row) => {
    assert.deepEqual(found.get(name), belongings(full, row));
  });
});

test('the seed decides: the same one gives the same bytes, another one other cells', async (t) => {
  const folder = temporaryFolder(t);
  const file = join(folder, 'full.h5ad');
  await writeH5ad(file, full);
  const [first, again, other] = await Promise.all(
    [1, 1, 2].map((seed, i) => split(file, { out: join(folder, `parts${i}`), seed })),
  );
  assert.ok(readFileSync(first.test.file).equals(readFileSync(again.test.file)));
  assert.notDeepEqual(
    (await readH5ad(first.test.file)).obs.index,
    (await readH5ad(other.test.file)).obs.index,
  );
});

test('what is there is not overwritten without force, and a failure leaves neither part', async (t) => {
  const folder = temporaryFolder(t);
  const file = join(folder, 'full.h5ad');
  await writeH5ad(file, full);
  const out = join(folder, 'parts');
  await split(file, { out });
  const before = readFileSync(join(out, 'train.h5ad'));
  await assert.rejects(split(file, { out, seed: 9 }), FileError);
  assert.ok(readFileSync(join(out, 'train.h5ad')).equals(before));
  await split(file, { out, seed: 9, force: true });
  assert.ok(!readFileSync(join(out, 'train.h5ad')).equals(before));

  const aborted = AbortSignal.abort();
  const elsewhere = join(folder, 'elsewhere');
  await assert.rejects(split(file, { out: elsewhere, signal: aborted }), { name: 'AbortError' });
  await assert.rejects(split(file, { out: elsewhere, labelKey: 'nope' }), DataError);
  await assert.rejects(split(file, { out: elsewhere, testFraction: 0.001 }), DataError);
  assert.ok(!existsSync(elsewhere));
});
