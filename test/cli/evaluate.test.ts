import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { writeH5ad } from '../../src/io/write.js';
import { smallTissue, workplace } from '../model/small-tissue.js';
import { runAndInterrupt, runCli } from './run-cli.js';

const shape = { cells: 60, genes: 23 };

test('evaluate prints the verdict and writes the report; an existing folder is kept unless --force is given', async (t) => {
  const { data, path, folder } = await workplace(t, smallTissue(shape));
  await writeH5ad(path('generated.h5ad'), smallTissue({ ...shape, seed: 2 }));
  const out = path('report');
  const args = ['evaluate', '--real', data, '--generated', path('generated.h5ad'), '-o', out];
  const { status, stdout, stderr } = await runCli(...args, '--label-key', 'cell_type', '--verbose');
  assert.equal(status, 0, stderr);
  assert.match(stderr, /data\.h5ad: 60 cells; X holds counts/);
  assert.match(stderr, /Labels: cell_type/);
  assert.match(stdout, /^60 generated cells beside 60 held-out cells, 23 shared genes\n\nVerdict: \w+\n/);
  assert.match(
    stdout,
    /\nFigure +generated +n\nRandom forest AUROC on PCs +0\.\d+ \(0\.\d+ to 0\.\d+\) +60\n/,
  );
  assert.match(stdout, /\nWarning: Only 60 cells of each side were compared\./);
  assert.ok(stdout.endsWith(`Wrote ${out}/report.html\n`));
  assert.deepEqual(readdirSync(out).sort(), [
    'metrics.csv',
    'metrics.json',
    'plots',
    'programmes.csv',
    'report.html',
  ]);
  assert.deepEqual(
    readdirSync(folder).sort(),
    ['data.h5ad', 'generated.h5ad', 'report'],
    'nothing is left over',
  );
  const metrics = JSON.parse(readFileSync(`${out}/metrics.json`, 'utf8'));
  assert.ok(stdout.includes(`Verdict: ${metrics.verdict.level}\n  ${metrics.verdict.sentences[0]}\n`));

  const before = readFileSync(`${out}/report.html`, 'utf8');
  const refused = await runCli(...args);
  assert.equal(refused.status, 1);
  assert.match(refused.stderr, /report: exists already\. .*--force/);
  assert.equal(readFileSync(`${out}/report.html`, 'utf8'), before);
  const again = await runCli(...args, '--force', '--quiet', '--seed', '1');
  assert.equal(again.stderr, '');
  assert.equal(JSON.parse(readFileSync(`${out}/metrics.json`, 'utf8')).seed, 1);
});

test('evaluate that fails or is interrupted writes nothing', async (t) => {
  const { data, path } = await workplace(t, smallTissue(shape));
  await writeH5ad(path('few.h5ad'), smallTissue({ ...shape, cells: 19 }));
  const out = path('report');
  const failed = await runCli('evaluate', '--real', data, '--generated', path('few.h5ad'), '-o', out);
  assert.equal(failed.status, 1);
  assert.equal(failed.stdout, '');
  assert.match(failed.stderr, /^cellcrate: .*few\.h5ad: 19 cells are too few to compare\. Give at least 20/m);
  const args = ['evaluate', '--real', data, '--generated', data, '-o', out];
  const stopped = await runAndInterrupt(/evaluate /, ...args);
  assert.equal(stopped.status, 130, stopped.stderr);
  assert.match(
    stopped.stderr,
    /interrupted; nothing was written to .*report and nothing is kept: the same command begins anew\n$/,
  );
  const incomplete = await runCli('evaluate', '--real', data, '-o', out);
  assert.equal(incomplete.status, 2);
  assert.match(incomplete.stderr, /--generated/);
  assert.ok(!existsSync(out));
});
