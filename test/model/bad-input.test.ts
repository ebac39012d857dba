import assert from 'node:assert/strict';
import { copyFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import type { Contents } from '../../src/io/write.js';
import { runCli } from '../cli/run-cli.js';
import { sharedFile } from '../shared.js';
import { temporaryFolder } from '../temporary-folder.js';
import { assertFailure, refused } from './refused.js';
import { smallTissue, workplace } from './small-tissue.js';

function withValues(change: (values: Float32Array) => void): Contents {
  const tissue = smallTissue();
  change(tissue.X.data);
  return tissue;
}

const badContents: Readonly<Record<string, readonly [contents: Contents, message: RegExp]>> = {
  'no X': [{ ...smallTissue(), X: null }, /there is no expression matrix: neither X nor a layer nor raw/],
  'NaN among the counts': [withValues((v) => v.fill(Number.NaN, 9, 10)), /X holds 1 values that are NaN/],
  'negative counts': [withValues((v) => v.fill(-1, 9, 10)), /X holds negative values \(-1 to /],
  'zeros alone': [withValues((v) => v.fill(0)), /X holds nothing but zeros/],
  'no cells': [smallTissue({ cells: 0 }), /there are no cells in it/],
  'no genes': [smallTissue({ genes: 0 }), /no matrix to learn from/],
  'one cell': [smallTissue({ cells: 1 }), /a single cell is too few/],
  'fifteen cells': [smallTissue({ cells: 15 }), /15 cells are fewer than the smallest batch \(16\)/],
};

for (const [name, [contents, message]] of Object.entries(badContents)) {
  test(`training data with ${name}`, async (t) => {
    const { data, path, folder } = await workplace(t, contents);
    await refused(folder, ['train', data, '-o', path('run'), '--steps', '1'], 1, message);
  });
}

test('training data that are no .h5ad', async (t) => {
  const { data, path, folder } = await workplace(t);
  const train = (file: string, message: RegExp) =>
    refused(folder, ['train', file, '-o', path('run'), '--steps', '1'], 1, message);
  await train(path('missing.h5ad'), /missing\.h5ad: no such file or folder/);
  writeFileSync(path('words.h5ad'), 'gene,count\n');
  await train(path('words.h5ad'), /words\.h5ad: is not an HDF5 file/);
  const bytes = readFileSync(data);
  writeFileSync(path('cut.h5ad'), bytes.subarray(0, bytes.length / 2));
  await train(path('cut.h5ad'), /cut\.h5ad: is cut short/);
  await train(folder, /is a folder, not a file/);
});

const wrongOptions: readonly (readonly [args: string[], status: 1 | 2, message: RegExp])[] = [
  [['--label-key', 'celltype'], 1, /no obs column 'celltype'\. It has 'cell_type', 'donor', 'cluster'/],
  [['--label-key', 'score'], 1, /'score' holds measurements/],
  [['--layer', 'spliced'], 1, /data\.h5ad: there is no matrix 'spliced' for --layer\. It has X/],
  [['--batch-size', '49'], 2, /--batch-size: a batch of 49 is more than the 48 cells\. Give 48 or less/],
];

test('options that do not suit the data', async (t) => {
  const { data, path, folder } = await workplace(t);
  for (const [args, status, message] of wrongOptions) {
    await refused(folder, ['train', data, '-o', path('run'), '--steps', '1', ...args], status, message);
  }
});

test('two budgets at once', async (t) => {
  const { data, path } = await workplace(t);
  const outcome = await runCli('train', data, '-o', path('run'), '--steps', '1', '--minutes', '1');
  assertFailure(outcome, 2, /'--(steps|minutes) .*cannot be used with option '--(steps|minutes)/);
  assert.ok(!existsSync(path('run')));
});

const wrongConfigurations: readonly (readonly [text: string, status: 1 | 2, message: RegExp])[] = [
  ['{"presets":"crate"}', 2, /presets: is not an option of train\. Options are preset, labelKeys, /],
  [
    '{"preset":"gan"}',
    2,
    /preset: "gan" is not one of crate, crate-genes, latent-dit, wbdit, dit, dit-small/,
  ],
  ['{"steps":1,"minutes":2}', 2, /--minutes: is given together with --steps/],
  ['{"steps":', 1, /config\.json: is not a JSON file of options/],
  ['[1, 2]', 1, /config\.json: is not a JSON file of options/],
  ['"crate"', 1, /config\.json: is not a JSON file of options/],
  ['{"format":"cellcrate run"}', 1, /config\.json: is not a JSON file of options/],
];

test('a configuration file with what train does not know', async (t) => {
  const { data, path, folder } = await workplace(t);
  const config = path('config.json');
  for (const [text, status, message] of wrongConfigurations) {
    writeFileSync(config, text);
    await refused(folder, ['train', data, '-o', path('run'), '--config', config], status, message);
  }
  await refused(folder, ['train', data, '-o', path('run'), '--config', path('no')], 1, /no: does not exist/);
});

test('a place that nothing can be written to', async (t) => {
  const { data, path, folder } = await workplace(t);
  const train = (out: string, message: RegExp) =>
    refused(folder, ['train', data, '-o', out, '--steps', '1'], 1, message);
  await train(path('data.h5ad'), /data\.h5ad: exists already/);
  mkdirSync(path('thesis'));
  await train(path('thesis'), /thesis: exists already and is not a run folder.*Choose another name/);
  await train(join(data, 'run'), /a part of the path is a file/);
  // A file system of the kernel's own, in which not even root makes a folder.
  if (process.platform === 'linux') await train('/proc/cellcrate', /\/proc\/cellcrate: /);
});

const unusableFixtures: Readonly<Record<string, RegExp>> = {
  d_all_zero: /nothing but zeros/,
  d_empty_file: /is empty \(0 bytes\)/,
  d_scaled_only_negative: /holds negative values/,
  d_truncated: /is cut short/,
  d_zero_cells: /there are no cells/,
  r_muon_mudata_named_h5ad: /is a MuData file/,
};

async function refuseFixture(t: TestContext, name: string, message: RegExp): Promise<void> {
  const fixture = sharedFile(t, `fixtures/${name}.h5ad`);
  if (fixture === null) return;
  const folder = temporaryFolder(t);
  const copy = join(folder, 'data.h5ad');
  copyFileSync(fixture, copy);
  await refused(folder, ['train', copy, '-o', join(folder, 'run'), '--steps', '1'], 1, message);
}

for (const [name, message] of Object.entries(unusableFixtures)) {
  test(`a file that cannot be learned from: ${name}`, (t) => refuseFixture(t, name, message));
}
