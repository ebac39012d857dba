import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { type GenerateOptions, generate, readH5ad, train, version } from '../../src/index.js';
import { projectRoot } from '../shared.js';

/** Debian's python3-anndata is installed for this interpreter, whatever other one comes first in the path. */
const python = '/usr/bin/python3';
const script = join(projectRoot, 'test', 'readers', 'read_generated.py');
const hasAnndata = spawnSync(python, ['-c', 'import anndata, h5py']).status === 0;
const skip = hasAnndata ? false : 'needs python3-anndata (Debian: apt-get install python3-anndata)';

const bundled = join(projectRoot, 'data', 'simulated_small.h5ad');
const cells = 200;

const folder = mkdtempSync(join(tmpdir(), 'cellcrate-test-'));
const run = join(folder, 'run');
before(async () => {
  if (hasAnndata) await train(bundled, { out: run, labelKeys: ['cell_type', 'batch'], steps: 30, seed: 3 });
});
after(() => rmSync(folder, { recursive: true, force: true }));

/** Generates, and gives what anndata and h5py say of the file. */
async function generatedAsRead(from: string, options: Omit<GenerateOptions, 'out'>) {
  const out = join(folder, 'generated.h5ad');
  await generate(from, { ...options, out, seed: 5, steps: 5, force: true });
  const args = ['-W', 'error', script, out, bundled, folder];
  const { status, stdout, stderr } = spawnSync(python, args, { encoding: 'utf8' });
  assert.equal(status, 0, stderr);
  assert.equal(stderr, '');
  return JSON.parse(stdout);
}

const sound = {
  type: 'csr_matrix',
  dtype: 'float32',
  index_dtype: 'int32',
  canonical: true,
  stored_zeros: 0,
  finite: true,
};

test('anndata and h5py read generated counts without a warning', { skip }, async () => {
  const found = await generatedAsRead(run, { n: cells });
  const real = await readH5ad(bundled);
  assert.deepEqual(found.shape, [cells, real.var.index.length]);
  assert.deepEqual(
    [found.unique_names, found.genes_of_real, found.raw, found.backed],
    [true, true, false, true],
  );

  const { min, integers, ...X } = found.X;
  assert.deepEqual(X, sound);
  assert.deepEqual([min, integers], [0, false]);
  assert.deepEqual(Object.keys(found.layers), ['counts']);
  const { min: least, integers: whole, ...counts } = found.layers.counts;
  assert.deepEqual(counts, sound);
  assert.deepEqual([least, whole], [0, true]);
  assert.ok(found.log_normalised < 1e-5, `X is not log1p of the scaled counts: ${found.log_normalised}`);

  assert.deepEqual(Object.keys(found.obs), ['cell_type', 'batch']);
  for (const key of ['cell_type', 'batch']) {
    const column = real.obs.columns.get(key);
    assert.ok(column?.kind === 'categorical');
    const { dtype, ordered, categories, missing } = found.obs[key];
    assert.deepEqual([dtype, ordered, missing], ['category', false, 0]);
    assert.deepEqual([...categories].sort(), [...column.categories].sort());
  }
});

test('labels that are asked for, provenance, and the file beside real cells', { skip }, async () => {
  const labels = ['immune,batch2=150', 'cell_type:rare=50'];
  const found = await generatedAsRead(run, { labels });
  const asked = Object.entries(found.obs.cell_type.counts).filter(([, count]) => count !== 0);
  assert.deepEqual(Object.fromEntries(asked), { immune: 150, rare: 50 });
  assert.ok(found.obs.batch.counts.batch2 >= 150);
  const { trained_on: trainedOn, target_sum: targetSum, model, ...uns } = found.uns.cellcrate;
  assert.deepEqual(uns, {
    version,
    preset: 'crate',
    synthetic: true,
    sampler: 'dpmpp',
    steps: 5,
    guidance: 2,
    guided_share: 3 / 7,
    seed: 5,
    n: cells,
    values: 'counts',
    label_keys: ['cell_type', 'batch'],
    label_requests: labels,
  });
  const modelFile = readFileSync(join(run, 'model.safetensors'));
  assert.deepEqual(model, { sha256: createHash('sha256').update(modelFile).digest('hex'), seed: 3 });
  assert.ok(targetSum > 100 && targetSum < 10_000, `target sum ${targetSum}`);
  assert.equal(trainedOn.sha256, createHash('sha256').update(readFileSync(bundled)).digest('hex'));
  assert.deepEqual([trainedOn.cells, trainedOn.genes, trainedOn.matrix], [2000, 1000, 'X']);

  assert.deepEqual(found.stored.encoding, ['anndata', '0.1.0']);
  assert.deepEqual(found.stored.X, ['csr_matrix', 'float32', 'gzip']);
  const groups = ['X', 'layers', 'obs', 'obsm', 'obsp', 'uns', 'var', 'varm', 'varp'];
  assert.deepEqual(found.stored.groups, groups);
  const { shape, origins, obs } = found.joined;
  assert.deepEqual(shape, [2000 + cells, found.shape[1]]);
  assert.deepEqual([origins, obs], [{ real: 2000, generated: cells }, ['cell_type', 'batch', 'origin']]);
  assert.deepEqual(found.rewritten, { same_X: true, same_obs: true });
});

test('a gene-space model writes log-normalised values and no counts', { skip }, async () => {
  const published = join(folder, 'published');
  await train(bundled, { out: published, preset: 'wbdit', genes: 50, steps: 2, seed: 3 });
  const found = await generatedAsRead(published, { n: cells });
  assert.deepEqual([found.shape, found.layers, found.obs], [[cells, 50], {}, {}]);
  const { min, integers: _integers, ...X } = found.X;
  assert.deepEqual(X, sound);
  assert.ok(min >= 0);
  assert.deepEqual(found.uns.cellcrate.label_keys, []);
});
