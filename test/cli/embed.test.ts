import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import type { Column, DataFrame } from '../../src/io/anndata.js';
import { readH5ad } from '../../src/io/read.js';
import { writeH5ad } from '../../src/io/write.js';
import { stream } from '../../src/random/stream.js';
import { temporaryFolder } from '../temporary-folder.js';
import { runCli } from './run-cli.js';

const frame = (index: string[], columns: [string, Column][] = []): DataFrame => ({
  index,
  columns: new Map(columns),
});

/** 60 cells of two types with counts of twelve genes, of which `first` is the number of the first. */
async function writeCells(path: string, first: number, scale = 1, labelled = true): Promise<string> {
  const [cells, genes] = [60, 12];
  const data = new Float32Array(cells * genes);
  for (let cell = 0; cell < cells; cell++) {
    const own = stream(first, 'counts', cell);
    for (let gene = 0; gene < genes; gene++) {
      data[cell * genes + gene] = scale * own.poisson(gene % 2 === cell % 2 ? 20 : 1);
    }
  }
  const names = Array.from({ length: cells }, (_, cell) => `cell_${cell}`);
  const codes = Int32Array.from({ length: cells }, (_, cell) => cell % 2);
  const types: Column = { kind: 'categorical', categories: ['T', 'B'], codes, ordered: false };
  const X = { format: 'dense' as const, rows: cells, cols: genes, data };
  await writeH5ad(path, {
    X,
    layers: new Map([['twice', { ...X, data: data.map((value) => 2 * value) }]]),
    obs: frame(names, labelled ? [['cell_type', types]] : []),
    var: frame(Array.from({ length: genes }, (_, gene) => `gene_${first + gene}`)),
    uns: { cellcrate: { synthetic: true } },
  });
  return path;
}

test('one file keeps what it holds and gains its embedding; the same seed gives the same one', async (t) => {
  const folder = temporaryFolder(t);
  const file = await writeCells(join(folder, 'cells.h5ad'), 0);
  const out = join(folder, 'out.h5ad');
  const { status, stdout, stderr } = await runCli('embed', file, '-o', out, '--quiet', '--verbose');
  assert.equal(status, 2, stdout + stderr);
  const embedded = await runCli('embed', file, '-o', out, '--verbose', '--threads', '1');
  assert.equal(embedded.status, 0, embedded.stderr);
  assert.match(embedded.stdout, /60 cells x 12 genes, t-SNE of 12 principal components, perplexity 19, in/);
  assert.match(embedded.stdout, /X holds counts/);
  const [before, after] = [await readH5ad(file), await readH5ad(out)];
  assert.deepEqual([...after.obsm.keys()], ['X_pca', 'X_tsne']);
  assert.deepEqual({ ...after, obsm: null, uns: null }, { ...before, obsm: null, uns: null });
  const { synthetic, embedding } = after.uns.cellcrate as unknown as Record<string, Record<string, unknown>>;
  assert.equal(synthetic, true);
  assert.deepEqual([embedding.method, embedding.perplexity, embedding.seed], ['tsne', 19, 0]);

  const refused = await runCli('embed', file, '-o', out);
  assert.equal(refused.status, 1);
  assert.match(refused.stderr, /exists already.*--force/);
  const again = await runCli('embed', file, '-o', out, '--force', '--quiet', '--threads', '2');
  assert.equal(again.stderr, '');
  assert.deepEqual((await readH5ad(out)).obsm, after.obsm);
});

test('two files are embedded together on their shared genes, and the output tells them apart', async (t) => {
  const folder = temporaryFolder(t);
  const real = await writeCells(join(folder, 'real.h5ad'), 0);
  const generated = await writeCells(join(folder, 'generated.h5ad'), 2, 1, false);
  const out = join(folder, 'both.h5ad');
  const { status, stderr } = await runCli('embed', real, generated, '-o', out, '--method', 'umap');
  assert.equal(status, 0, stderr);
  assert.match(stderr, /real\.h5ad: 2 of 12 genes left aside/);
  const [both, first, second] = [await readH5ad(out), await readH5ad(real), await readH5ad(generated)];
  assert.deepEqual([...both.obsm.keys()], ['X_pca', 'X_umap']);
  assert.deepEqual(both.var.index, first.var.index.slice(2));
  assert.equal(new Set(both.obs.index).size, 120);
  assert.deepEqual(both.obs.columns.get('source'), {
    kind: 'categorical',
    categories: ['real.h5ad', 'generated.h5ad'],
    codes: new Int32Array(120).fill(1, 60),
    ordered: false,
  });
  const types = both.obs.columns.get('cell_type');
  assert.ok(types?.kind === 'categorical');
  assert.deepEqual([types.codes[1], types.codes[61]], [1, -1]);
  const value = (data: typeof both, cell: number, name: string, matrix = data.X!) => {
    const column = data.var.index.indexOf(name);
    if (matrix.format === 'dense') return matrix.data[cell * matrix.cols + column];
    const end = matrix.indptr[cell + 1];
    const at = matrix.indices.subarray(0, end).indexOf(column, matrix.indptr[cell]);
    return at < 0 ? 0 : matrix.data[at];
  };
  for (const gene of ['gene_2', 'gene_11']) {
    assert.equal(value(both, 7, gene), value(first, 7, gene));
    assert.equal(value(both, 67, gene), value(second, 7, gene));
    assert.equal(value(both, 67, gene, both.layers.get('twice')!), 2 * value(second, 7, gene));
  }
});

test('files that cannot be compared, and options that do not fit, are refused in a sentence', async (t) => {
  const folder = temporaryFolder(t);
  const counts = await writeCells(join(folder, 'counts.h5ad'), 0);
  const others = await writeCells(join(folder, 'others.h5ad'), 50);
  const fractions = await writeCells(join(folder, 'fractions.h5ad'), 0, 0.1);
  const out = join(folder, 'out.h5ad');
  const cases: [string[], number, RegExp][] = [
    [[counts, others], 1, /no gene names in common/],
    [[counts, fractions], 1, /different scales: counts in X, and /],
    [[counts, counts], 2, /given twice/],
    [[counts, others, fractions], 2, /3 files were given/],
    [
      [counts, '--perplexity', '20'],
      2,
      /--perplexity: 20 does not suit 60 cells\. Give a number from 1 to 19/,
    ],
    [[counts, '--perplexity', '5', '--method', 'pca'], 2, /--perplexity: pca has none/],
    [[counts, '--method', 'phate'], 2, /tsne, umap, pca/],
  ];
  for (const [args, wanted, message] of cases) {
    const { status, stderr } = await runCli('embed', ...args, '-o', out);
    assert.match(stderr, message);
    assert.equal(status, wanted, stderr);
  }
  assert.ok(!existsSync(out));
});
