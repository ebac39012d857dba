import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { commandLine } from '../../src/cli/program.js';
import { projectRoot } from '../shared.js';
import { runCli } from './run-cli.js';

const commands = [
  'inspect',
  'split',
  'train',
  'generate',
  'merge',
  'evaluate',
  'compare',
  'explain',
  'embed',
  'demo',
];

test('the help lists every command and shows examples', async () => {
  const { status, stdout, stderr } = await runCli('--help');
  assert.equal(status, 0);
  assert.equal(stderr, '');
  for (const command of commands) assert.match(stdout, new RegExp(`^ {2}${command} `, 'm'));
  assert.match(stdout, /Examples:\n {2}cellcrate demo/);
});

for (const command of commands) {
  test(`${command} --help shows examples of ${command} and the common options`, async () => {
    const { status, stdout, stderr } = await runCli(command, '--help');
    assert.equal(status, 0);
    assert.equal(stderr, '');
    assert.match(stdout, new RegExp(`Examples:\n {2}cellcrate ${command}`));
    for (const option of ['--quiet', '--verbose', '--debug', '--seed', '--threads']) {
      assert.ok(stdout.includes(option), option);
    }
  });
}

test('every command that writes takes --out and --force', () => {
  for (const command of commandLine().commands) {
    if (command.name() === 'inspect') continue;
    const options = command.options.map(({ long }) => long);
    assert.ok(options.includes('--out') && options.includes('--force'), command.name());
  }
});

test('--version is the version in package.json', async () => {
  const { version } = JSON.parse(readFileSync(join(projectRoot, 'package.json'), 'utf8'));
  const { status, stdout } = await runCli('--version');
  assert.equal(status, 0);
  assert.equal(stdout.trim(), version);
});
