import assert from 'node:assert/strict';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { readH5ad } from '../../src/io/read.js';
import { workplace } from '../model/small-tissue.js';
import { projectRoot } from '../shared.js';
import { temporaryFolder } from '../temporary-folder.js';
import { runAndInterrupt, runCli } from './run-cli.js';

const bundled = join(projectRoot, 'data', 'simulated_small.h5ad');

/** What would scramble a log: carriage returns and escape sequences. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: it is these that are looked for
const controlCodes = /[\r\x1b]/;

test('train, then generate: results on stdout, plain progress on stderr', async (t) => {
  const folder = temporaryFolder(t);
  const run = join(folder, 'run');
  const trained = await runCli('train', bundled, '-o', run, '--label-key', 'cell_type', '--steps', '20');
  assert.equal(trained.status, 0, trained.stderr);
  assert.match(trained.stdout, /^Trained .*preset crate/);
  assert.match(trained.stderr, /\d+% {2}(ETA .* {2})?step [\d,]+\/[\d,]+ {2}loss \S+ {2}[\d,]+ cells\/s/);
  assert.doesNotMatch(trained.stdout + trained.stderr, controlCodes);

  const out = join(folder, 'generated.h5ad');
  const generated = await runCli('generate', run, '-n', '30', '-o', out, '--label', 'immune', '--steps', '5');
  assert.equal(generated.status, 0, generated.stderr);
  assert.match(generated.stdout, /^Wrote .*: 30 cells x /);
  assert.doesNotMatch(generated.stdout + generated.stderr, controlCodes);
  assert.doesNotMatch(generated.stderr, /Sampling:/);
  assert.equal((await readH5ad(out)).obs.index.length, 30);

  const prior = await runCli('generate', run, '-n', '30', '-o', join(folder, 'p.h5ad'), '--from-prior');
  assert.match(prior.stdout, /; no fair baseline: the prior weighed 0\.3 .* --prior-weight 1\n$/);

  const again = await runCli('generate', run, '-n', '30', '-o', out);
  assert.equal(again.status, 1);
  assert.match(again.stderr, /generated\.h5ad: exists already.*--force/);

  const verbose = await runCli('generate', run, '-n', '3', '-o', join(folder, 'v.h5ad'), '--verbose');
  assert.match(
    verbose.stderr,
    /^Model: preset crate.*\nTrained on .*\nSampling: dpmpp, \d+ steps, guidance 2/,
  );

  const quiet = await runCli('generate', run, '-n', '30', '-o', out, '--steps', '5', '--force', '--quiet');
  assert.equal(quiet.status, 0);
  assert.equal(quiet.stderr, '');
});

test('generate that is interrupted keeps nothing, and says that finished parts would stay', async (t) => {
  const { folder, data, path } = await workplace(t);
  const trained = await runCli('train', data, '-o', path('run'), '--steps', '1', '--threads', '1');
  assert.equal(trained.status, 0, trained.stderr);
  const { status, stdout, stderr } = await runAndInterrupt(
    /generate {2}/,
    ...['generate', path('run'), '-n', '50000', '-o', path('cells.h5ad'), '--threads', '1'],
  );
  assert.deepEqual([status, stdout], [130, '']);
  assert.match(
    stderr,
    /^cellcrate: interrupted; nothing was written to .*cells\.h5ad and nothing is kept: .*--shard k\/s, joined by merge, .*\n$/m,
  );
  assert.deepEqual(readdirSync(folder).sort(), ['data.h5ad', 'run']);
});

test('Ctrl-C saves the state and says how to go on', async (t) => {
  const run = join(temporaryFolder(t), 'run');
  const { status, stdout, stderr } = await runAndInterrupt(
    / {2}step /,
    ...['train', bundled, '-o', run, '--label-key', 'cell_type', '--minutes', '10'],
  );
  assert.equal(status, 130, stderr);
  assert.equal(stdout, '');
  assert.ok(stderr.includes(`cellcrate train ${bundled} -o ${run} --resume`));
  assert.ok(existsSync(join(run, 'checkpoint', 'state.safetensors')));
});
