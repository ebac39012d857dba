import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { readH5ad } from '../../src/io/read.js';
import { installIn, pack, runIn } from '../package/installed-package.js';
import { temporaryFolder } from '../temporary-folder.js';

test('npx cellcrate demo goes the whole way from an installed package', async (t) => {
  const folder = temporaryFolder(t);
  const project = join(folder, 'project');
  const reason = installIn(project, pack(folder));
  if (reason !== null) return t.skip(reason);
  const { status, stdout, stderr } = runIn(project, 'npx', 'cellcrate', 'demo');
  assert.equal(status, 0, stderr);
  assert.match(stdout, /^5\. A first look/m);
  const correlation = Number(/correlation (-?[\d.]+)/.exec(stdout)?.[1]);
  assert.ok(correlation > 0.9, stdout);
  const generated = await readH5ad(join(project, 'cellcrate-demo', 'generated.h5ad'));
  assert.equal(generated.obs.index.length, 500);
});
