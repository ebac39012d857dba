import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import type { Inspection } from '../../src/model/inspect.js';
import { projectRoot, sharedFile } from '../shared.js';
import { runCli } from './run-cli.js';

const bundled = join(projectRoot, 'data', 'simulated_small.h5ad');

async function inspected(...args: string[]): Promise<Inspection> {
  const { status, stdout, stderr } = await runCli('inspect', ...args, '--json');
  assert.equal(status, 0, stderr);
  return JSON.parse(stdout);
}

test('the bundled file: counts in X, labels marked, no warnings', async () => {
  const { status, stdout, stderr } = await runCli('inspect', bundled);
  assert.equal(status, 0);
  assert.equal(stderr, '');
  assert.match(stdout, /^\* {2}X .* counts /m);
  assert.match(stdout, /^Used: X holds counts/m);
  assert.match(stdout, /^Library size: median [\d,]+ /m);
  assert.match(stdout, /^Labels: --label-key cell_type \(\*\)/m);
  assert.doesNotMatch(stdout, /Warning/);
});

test('--json tells the same facts as data', async () => {
  const found = await inspected(bundled);
  assert.equal(found.chosen?.name, 'X');
  assert.equal(found.labelKey, 'cell_type');
  const labels = found.obs.find(({ name }) => name === 'cell_type')!;
  assert.equal(labels.distinct, labels.top.length);
  assert.equal(
    labels.top.reduce((sum, { cells }) => sum + cells, 0),
    found.cells,
  );
});

test('a legacy file: shape, labels by name, library sizes', async (t) => {
  const file = sharedFile(t, 'data/paul15_native.h5ad');
  if (file === null) return;
  const found = await inspected(file);
  assert.deepEqual([found.cells, found.genes], [2730, 3451]);
  assert.equal(found.labelKey, 'paul15_clusters');
  assert.equal(found.chosen?.kind, 'counts');
  assert.deepEqual(found.matrices[0].description.max, 168);
  assert.deepEqual(found.obs[0].top[0], { label: '14Mo', cells: 373 });
  // Median of the row sums, as numpy gives it.
  assert.equal(found.chosen?.librarySize.median, 1940.5);
});

test('raw is used where X is scaled, and --layer overrides', async (t) => {
  const file = sharedFile(t, 'data/pbmc68k_reduced_native.h5ad');
  if (file === null) return;
  assert.equal((await inspected(file)).chosen?.name, 'raw/X');
  const scaled = await inspected(file, '--layer', 'X');
  assert.equal(scaled.chosen, null);
  assert.match(scaled.warnings[0], /negative values/);
  const { status, stderr } = await runCli('inspect', file, '--layer', 'nope');
  assert.equal(status, 1);
  assert.match(stderr, /^cellcrate: .*'nope' for --layer.*\n$/);
});

test('odd files are inspected with a warning, or refused in one line', async (t) => {
  const warned = {
    d_all_zero: /nothing but zeros/,
    d_scaled_only_negative: /negative/,
    d_zero_cells: /no cells/,
  };
  const refused = { d_truncated: /cut short/, d_empty_file: /empty/, r_muon_mudata_named_h5ad: /MuData/ };
  for (const [name, words] of Object.entries(warned)) {
    const file = sharedFile(t, `fixtures/${name}.h5ad`);
    if (file === null) return;
    const found = await inspected(file);
    assert.equal(found.chosen, null, name);
    assert.match(found.warnings.join(' '), words, name);
  }
  for (const [name, words] of Object.entries(refused)) {
    const file = sharedFile(t, `fixtures/${name}.h5ad`);
    if (file === null) return;
    const { status, stdout, stderr } = await runCli('inspect', file);
    assert.equal(status, 1, name);
    assert.equal(stdout, '', name);
    assert.match(stderr, words, name);
    assert.equal(stderr.trimEnd().split('\n').length, 1, name);
  }
});
