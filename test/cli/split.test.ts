import assert from 'node:assert/strict';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { toCsr } from '../../src/counts/csr.js';
import { librarySizes } from '../../src/counts/library-size.js';
import { readH5ad } from '../../src/io/read.js';
import { columnLabels } from '../../src/model/label-columns.js';
import { smallTissue, workplace } from '../model/small-tissue.js';
import { sharedFile } from '../shared.js';
import { temporaryFolder } from '../temporary-folder.js';
import { runAndInterrupt, runCli } from './run-cli.js';

test('a legacy file is split by its obvious labels, and its cells come back unchanged', async (t) => {
  const file = sharedFile(t, 'data/paul15_native.h5ad');
  if (file === null) return;
  const out = join(temporaryFolder(t), 'parts');
  const { status, stdout, stderr } = await runCli('split', file, '-o', out, '--seed', '3');
  assert.equal(status, 0, stderr);
  assert.match(stderr, /^split {2}100% {2}ETA 0\.0 s {2}finishing {2}memory \d+/m);
  assert.match(stdout, /stratified by paul15_clusters, the obvious label column/);
  assert.deepEqual(readdirSync(out).sort(), ['test.h5ad', 'train.h5ad']);

  const whole = await readH5ad(file);
  const wholeSizes = librarySizes(toCsr(whole.X!));
  const wholeLabels = columnLabels(whole.obs.columns.get('paul15_clusters')!);
  const rowOf = new Map(whole.obs.index.map((name, row) => [name, row]));
  let cells = 0;
  for (const part of ['train', 'test']) {
    const data = await readH5ad(join(out, `${part}.h5ad`));
    assert.deepEqual(data.var.index, whole.var.index);
    assert.deepEqual(Object.keys(data.uns), Object.keys(whole.uns));
    const labels = columnLabels(data.obs.columns.get('paul15_clusters')!);
    const sizes = librarySizes(toCsr(data.X!));
    data.obs.index.forEach((name, row) => {
      const original = rowOf.get(name)!;
      rowOf.delete(name);
      assert.equal(sizes[row], wholeSizes[original]);
      assert.equal(labels[row], wholeLabels[original]);
    });
    cells += labels.length;
  }
  assert.equal(cells, 2730);
  assert.equal(rowOf.size, 0);

  const again = await runCli('split', file, '-o', out);
  assert.equal(again.status, 1);
  assert.match(again.stderr, /train\.h5ad: exists already.*--force/);
});

test('what the parts will lack is said on stderr, unless --quiet', async (t) => {
  const file = sharedFile(t, 'data/pbmc68k_reduced_native.h5ad');
  if (file === null) return;
  const folder = temporaryFolder(t);
  const { status, stderr } = await runCli('split', file, '-o', join(folder, 'a'));
  assert.equal(status, 0, stderr);
  assert.match(stderr, /^Warning: uns: left out .*rank_genes_groups/m);
  const quiet = await runCli('split', file, '-o', join(folder, 'b'), '--quiet');
  assert.deepEqual([quiet.status, quiet.stderr], [0, '']);
});

test('--verbose lists the labels; an unknown label column says which there are', async (t) => {
  const file = sharedFile(t, 'data/pbmc68k_reduced_native.h5ad');
  if (file === null) return;
  const folder = temporaryFolder(t);
  const verbose = await runCli('split', file, '-o', join(folder, 'a'), '--label-key', 'phase', '--verbose');
  assert.match(verbose.stdout, /^ {2}G1 +376 +125$/m);
  const unknown = await runCli('split', file, '-o', join(folder, 'b'), '--label-key', 'nope');
  assert.equal(unknown.status, 1);
  assert.match(unknown.stderr, /'nope'.*'bulk_labels'/);
  assert.ok(!existsSync(join(folder, 'b')));
});

test('an interrupted split says that nothing is kept, and keeps nothing', async (t) => {
  const { folder, data, path } = await workplace(t, smallTissue({ cells: 12_000, genes: 200 }));
  const { status, stdout, stderr } = await runAndInterrupt(/split /, 'split', data, '-o', path('parts'));
  assert.equal(status, 130, stderr);
  assert.equal(stdout, '');
  assert.match(stderr, /^Stopping; Ctrl-C again/m);
  assert.match(
    stderr,
    /^cellcrate: interrupted; .*parts and nothing is kept: the same command begins anew\n$/m,
  );
  assert.deepEqual(readdirSync(folder), ['data.h5ad']);
});
