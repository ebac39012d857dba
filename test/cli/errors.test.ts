import assert from 'node:assert/strict';
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { reportError } from '../../src/cli/errors.js';
import { FileError, OptionError } from '../../src/errors.js';
import { temporaryFolder } from '../temporary-folder.js';
import { runCli } from './run-cli.js';

const wrongCalls: readonly (readonly [args: string[], message: RegExp])[] = [
  [['frobnicate'], /unknown command 'frobnicate'/],
  [['inspect'], /missing required argument 'file'/],
  [['inspect', 'a.h5ad', 'b.h5ad'], /too many arguments/],
  [['inspect', 'a.h5ad', '--nope'], /unknown option '--nope'/],
  [['inspect', 'a.h5ad', '--quiet', '--verbose'], /cannot be used with/],
  [['split', 'a.h5ad'], /required option '-o, --out <dir>'/],
  [
    ['split', 'a.h5ad', '-o', 'x', '--test-fraction', '1.5'],
    /--test-fraction: '1\.5' is not a number between/,
  ],
  [['train', 'a.h5ad', '-o', 'x', '--steps', '1e3'], /--steps: '1e3' is not a whole number of 1 or more/],
  [['train', 'a.h5ad', '-o', 'x', '--steps', '-1'], /--steps: '-1' is not a whole number/],
  [['train', 'a.h5ad', '-o', 'x', '--steps', '9', '--epochs', '2'], /cannot be used with option '--epochs/],
  [['train', 'a.h5ad', '-o', 'x', '--lr', '0'], /--lr: '0' is not a number above 0/],
  [
    ['train', 'a.h5ad', '-o', 'x', '--preset', 'gan'],
    /'gan' is invalid\. Allowed choices are crate, crate-genes, latent-dit, wbdit/,
  ],
  [['train', 'a.h5ad', '-o', 'x', '--threads', '0'], /--threads: '0' is not a whole number from 1/],
  [['generate', 'run', '-o', 'x', '-n', 'many'], /-n: 'many' is not a whole number/],
  [['generate', 'run', '-o', 'x', '--guidance', '-2'], /--guidance: '-2' is not a number of 0 or more/],
  [['generate', 'run', '-o', 'x', '--sampler', 'euler'], /'euler' is invalid/],
  [['demo', '--seed', '0.5'], /--seed: '0\.5' is not a whole number/],
];

for (const [args, message] of wrongCalls) {
  test(`a wrong call: ${args.join(' ')}`, async () => {
    const { status, stdout, stderr } = await runCli(...args);
    assert.match(stderr, message);
    assert.equal(status, 2);
    assert.equal(stdout, '');
    const lines = stderr.trimEnd().split('\n');
    assert.ok(lines.length <= 2 && lines.every((line) => line.startsWith('cellcrate: ')), stderr);
  });
}

test('without a command the help goes to stderr, as a wrong call', async () => {
  const { status, stdout, stderr } = await runCli();
  assert.equal(status, 2);
  assert.equal(stdout, '');
  assert.match(stderr, /^Usage: cellcrate/);
});

test('a failure is one line and status 1; --debug adds the stack', async (t) => {
  const missing = join(temporaryFolder(t), 'nothing.h5ad');
  for (const args of [
    ['inspect', missing],
    ['split', missing, '-o', join(missing, '..', 'out')],
  ]) {
    const { status, stdout, stderr } = await runCli(...args);
    assert.equal(status, 1);
    assert.equal(stdout, '');
    assert.equal(stderr, `cellcrate: ${missing}: no such file or folder. Check the path\n`);
  }
  const { status, stderr } = await runCli('inspect', missing, '--debug');
  assert.equal(status, 1);
  assert.match(stderr, /^cellcrate: .*\nFileError: .*\n {4}at /);
  assert.match(stderr, /caused by: Error: ENOENT/);
});

test('a file that is not HDF5 is named as such, in one line', async (t) => {
  const file = join(temporaryFolder(t), 'notes.h5ad');
  writeFileSync(file, 'gene,count\n');
  const { status, stderr } = await runCli('inspect', file);
  assert.equal(status, 1);
  assert.ok(stderr.startsWith(`cellcrate: ${file}: `));
  assert.equal(stderr.trimEnd().split('\n').length, 1);
});

test('a failed split makes no folder', async (t) => {
  const out = join(temporaryFolder(t), 'new', 'folder');
  const { status } = await runCli('split', 'nothing.h5ad', '-o', out);
  assert.equal(status, 1);
  assert.ok(!existsSync(out));
});

test('statuses and words of each kind of error', () => {
  const report = (error: unknown, debug = false) => {
    let text = '';
    const status = reportError(error, debug, (part) => {
      text += part;
    });
    return { status, text };
  };
  assert.deepEqual(report(new OptionError('--steps', 'is odd', 'Give an even one')), {
    status: 2,
    text: 'cellcrate: --steps: is odd. Give an even one\n',
  });
  assert.equal(report(new FileError('a', 'is gone', 'Look again')).status, 1);
  const unexpected = report(new TypeError('x is undefined\nand more'));
  assert.equal(unexpected.status, 1);
  assert.match(
    unexpected.text,
    /^cellcrate: unexpected error: TypeError: x is undefined\ncellcrate: .*--debug.*\n$/,
  );
  assert.match(report(new TypeError('x'), true).text, /\n {4}at /);
  assert.equal(report('thrown text').text.split('\n')[0], 'cellcrate: unexpected error: thrown text');
});
