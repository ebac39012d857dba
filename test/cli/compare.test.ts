import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { smallTissue, workplace } from '../model/small-tissue.js';
import { runAndInterrupt, runCli } from './run-cli.js';

const quick = ['--label-key', 'cell_type', '--seeds', '1', '--threads', '1'];

test('compare writes one table and one report, goes on where it was, and takes no other options then', async (t) => {
  const { data, path } = await workplace(t, smallTissue({ cells: 120 }));
  const out = path('comparison');
  const args = ['compare', data, '-o', out, '--models', 'crate,latent-dit', '--budget', 'epochs=1', ...quick];
  const first = await runCli(...args);
  assert.equal(first.status, 0, first.stderr);
  assert.match(first.stderr, /\[1\/2\] data, crate, epochs=1, seed 0; 2 left\n/);
  assert.match(first.stderr, /\[2\/2\] data, latent-dit, epochs=1, seed 0; 1 left\n/);
  for (const part of ['train', 'generate', 'control', 'measure']) {
    assert.match(first.stderr, new RegExp(`^${part}  .*  memory \\d`, 'm'));
  }
  assert.equal(first.stdout, `2 trials finished, 0 failed, 0 left\nWrote ${join(out, 'report.html')}\n`);
  assert.deepEqual(readdirSync(out).sort(), [
    ...['comparison.csv', 'comparison.json', 'data', 'plan.json', 'report.html'],
  ]);
  const rows = readFileSync(join(out, 'comparison.csv'), 'utf8').trimEnd().split('\n');
  assert.equal(rows.length, 1 + 3 + 2, 'names, control and baselines, trials');
  assert.equal(JSON.parse(readFileSync(join(out, 'comparison.json'), 'utf8')).format, 'cellcrate comparison');

  const result = join(out, 'data', 'crate', 'epochs=1', 'seed-0', 'result.json');
  writeFileSync(result, JSON.stringify({ ...JSON.parse(readFileSync(result, 'utf8')), ...failure }));
  const again = await runCli(...args);
  assert.equal(again.status, 1, 'a failed trial is a failure');
  assert.match(again.stderr, /^Going on: 2 of 2 trials done\n$/);
  assert.match(again.stdout, /^1 trial finished, 1 failed, 0 left\n/);
  assert.ok(readFileSync(join(out, 'report.html'), 'utf8').includes('the loss is not finite'));

  const other = await runCli(...args, '--seed', '1');
  assert.equal(other.status, 2);
  assert.match(
    other.stderr,
    /^cellcrate: --seed: .* was begun with 0, and would go on with 1\. .*--force\n$/,
  );
});

const failure = { outcome: 'failed', message: 'denoiser: the loss is not finite at step 3' };

test('Ctrl-C saves, tells what is left, and the same command goes on', async (t) => {
  const { data, path } = await workplace(t, smallTissue({ cells: 120 }));
  const out = path('comparison');
  const args = ['compare', data, '-o', out, '--models', 'crate', '--budget', 'epochs=40', ...quick];
  const stopped = await runAndInterrupt(/autoencoder {2}step/, ...args);
  assert.equal(stopped.status, 130, stopped.stderr);
  assert.match(stopped.stderr, /interrupted with 1 trial left; the same command goes on\n$/);
  assert.match(stopped.stdout, /^0 trials finished, 0 failed, 1 left\n/);
  const checkpoint = join(out, 'data', 'crate', 'epochs=40', 'seed-0', 'run', 'checkpoint');
  assert.ok(existsSync(join(checkpoint, 'state.safetensors')));
  rmSync(join(out, 'report.html'));
  const whole = await runCli(...args, '--quiet');
  assert.equal(whole.status, 0, whole.stderr);
  assert.equal(whole.stderr, '');
  assert.match(whole.stdout, /^1 trial finished, 0 failed, 0 left\n/);
  assert.ok(existsSync(join(out, 'report.html')));
});

for (const [wrong, words] of [
  [['--models', 'crate,gan'], /--models: 'gan' is no preset/],
  [['--budget', 'steps=5'], /--budget: 'steps=5' is no budget\. Give epochs=E or minutes=M/],
  [['-n', '5'], /-n: '5' is not a whole number/],
] as const) {
  test(`compare ${wrong.join(' ')} is a wrong call`, async (t) => {
    const { data, path } = await workplace(t);
    const { status, stderr } = await runCli('compare', data, '-o', path('out'), ...wrong);
    assert.equal(status, 2);
    assert.match(stderr, words);
    assert.ok(!existsSync(path('out')));
  });
}
