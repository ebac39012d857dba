import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { projectRoot } from '../shared.js';
import { temporaryFolder } from '../temporary-folder.js';
import { runCli } from './run-cli.js';

const bundled = join(projectRoot, 'data', 'simulated_small.h5ad');

test('explain writes a page, figures and tables, and replaces them only with --force', async (t) => {
  const folder = temporaryFolder(t);
  const run = join(folder, 'run');
  const trained = await runCli(
    'train',
    bundled,
    '-o',
    run,
    '--label-key',
    'cell_type',
    '--steps',
    '30',
    '--decoder',
    'raising',
    '--quiet',
  );
  assert.equal(trained.status, 0, trained.stderr);
  const out = join(folder, 'explained');
  const explained = await runCli('explain', run, '-o', out, '--data', bundled);
  assert.equal(explained.status, 0, explained.stderr);
  assert.match(
    explained.stdout,
    /live programme[\s\S]*Markers found by[\s\S]*coding rate falls[\s\S]*Wrote .*explain\.html/,
  );
  assert.deepEqual(readdirSync(out).sort(), [
    'doses.csv',
    'explain.html',
    'explain.json',
    'layers.csv',
    'markers.csv',
    'programmes.csv',
  ]);
  const parsed = JSON.parse(readFileSync(join(out, 'explain.json'), 'utf8'));
  assert.equal(parsed.format, 'cellcrate explanation');
  const page = readFileSync(join(out, 'explain.html'), 'utf8');
  assert.equal(page.replaceAll('http://www.w3.org/2000/svg', '').match(/(?:https?:)?\/\/[a-z]/g), null);

  const again = await runCli('explain', run, '-o', out);
  assert.equal(again.status, 1);
  assert.match(again.stderr, /exists already.*--force/);
  const missing = await runCli(
    'explain',
    run,
    '-o',
    join(folder, 'other'),
    '--gene-sets',
    join(folder, 'no.gmt'),
  );
  assert.equal(missing.status, 1);
  assert.match(missing.stderr, /no\.gmt: no such file/);
  assert.ok(!existsSync(join(folder, 'other')));
});
