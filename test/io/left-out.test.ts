import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FileError } from '../../src/errors.js';
import { readH5ad } from '../../src/io/read.js';
import { frames, handmade } from './handmade.js';

test('links are left out with a warning where the rest can do without, and refused for X', async (t) => {
  const links = ['layers/counts', 'obs/alias', 'obsm/map', 'obsp/graph', 'uns/a', 'uns/b'];
  const path = await handmade(t, (file) => {
    frames(file);
    file.create_dataset({ name: 'X', data: new Float32Array(6), shape: [3, 2] });
    file.create_dataset({ name: 'obs/size', data: Float64Array.of(1, 2, 3) });
    for (const group of ['layers', 'obsm', 'obsp', 'uns']) file.create_group(group);
    file.create_soft_link('/X', 'layers/counts');
    file.create_soft_link('/obs/size', 'obs/alias');
    file.create_soft_link('/X', 'obsm/map');
    file.create_external_link('/dev/null', '/X', 'obsp/graph');
    file.create_soft_link('/uns/b', 'uns/a');
    file.create_soft_link('/uns/a', 'uns/b');
  });
  const warnings: string[] = [];
  const data = await readH5ad(path, (sentence) => warnings.push(sentence));
  const said = links.map((link) => `${link} was left out: it is a link, and links are not followed`);
  assert.deepEqual(warnings, said);
  assert.deepEqual([...data.obs.columns.keys()], ['size']);
  assert.deepEqual([data.layers.size, data.obsm.size, data.obsp.size, { ...data.uns }], [0, 0, 0, {}]);

  const linked = await handmade(t, (file) => {
    frames(file);
    file.create_dataset({ name: 'Y', data: new Float32Array(6), shape: [3, 2] });
    file.create_soft_link('/Y', 'X');
  });
  await assert.rejects(
    readH5ad(linked),
    (error) => error instanceof FileError && /X is a link, and links are not followed/.test(error.message),
  );
});
