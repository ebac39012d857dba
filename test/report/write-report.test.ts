import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import { test } from 'node:test';
import { FileError } from '../../src/errors.js';
import { writeReport } from '../../src/report/write-report.js';
import { temporaryFolder } from '../temporary-folder.js';
import { simulatedEvaluation } from './simulated-evaluation.js';

test('a report is a page, numbers, and each plot as SVG and PNG; nothing else is left', async (t) => {
  const folder = join(temporaryFolder(t), 'new', 'report');
  const { files } = await writeReport(folder, simulatedEvaluation());
  const names = files.map((file) => relative(folder, file).split(sep).join('/'));
  const plots = [
    ...['figure-rf-auroc-pcs', 'figure-mmd', 'figure-coverage', 'figure-nearer-share'],
    ...['embedding-by-source', 'embedding-by-label', 'gene-mean-variance', 'gene-means', 'gene-zeros'],
    ...['library-size', 'genes-per-cell', 'marker-fold-changes', 'nearest-training-cell'],
  ];
  assert.deepEqual(names, [
    ...['report.html', 'metrics.json', 'metrics.csv', 'programmes.csv'],
    ...plots.flatMap((plot) => [`plots/${plot}.svg`, `plots/${plot}.png`]),
  ]);
  const found = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((one) => one.isFile());
  assert.equal(found.length, files.length);
});

test('the same evaluation gives the same bytes, over what was there', async (t) => {
  const folder = temporaryFolder(t);
  writeFileSync(join(folder, 'report.html'), 'old');
  const { files } = await writeReport(folder, simulatedEvaluation());
  const before = files.map((file) => readFileSync(file));
  await writeReport(folder, simulatedEvaluation());
  files.forEach((file, i) => {
    assert.ok(readFileSync(file).equals(before[i]), file);
  });
});

test('a table of programmes has no rows where there are none, and none of an earlier report stay', async (t) => {
  const folder = temporaryFolder(t);
  const table = join(folder, 'programmes.csv');
  await writeReport(folder, simulatedEvaluation());
  assert.ok(readFileSync(table, 'utf8').trim().split('\n').length > 1);
  await writeReport(folder, simulatedEvaluation({ programmes: false }));
  assert.match(readFileSync(table, 'utf8'), /^programme,[^\n]+\n$/);
});

test('a folder that cannot be made is named', async (t) => {
  const blocked = join(temporaryFolder(t), 'file');
  writeFileSync(blocked, '');
  await assert.rejects(writeReport(join(blocked, 'report'), simulatedEvaluation()), FileError);
  assert.ok(existsSync(blocked));
});
