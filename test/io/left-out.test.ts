import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Group } from 'h5wasm/node';
import { FileError } from '../../src/errors.js';
import { readH5ad } from '../../src/io/read.js';
import { type Build, frames, handmade } from './handmade.js';

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

test('what is nested too deep in uns, or holds itself, is left out with a warning', async (t) => {
  const deep = Array.from({ length: 33 }, (_, n) => `uns/deep${'/g'.repeat(n)}`);
  const path = await handmade(t, (file) => {
    frames(file);
    file.create_group('uns');
    for (const group of deep) file.create_group(group);
    file.create_dataset({ name: `${deep[31]}/kept`, data: 1, shape: [] });
    file.create_dataset({ name: `${deep[32]}/lost`, data: 1, shape: [] });
    file.create_hard_link('/uns', 'uns/again');
    file.create_hard_link('/uns', 'uns/and_again');
  });
  const warnings: string[] = [];
  const { uns } = await readH5ad(path, (sentence) => warnings.push(sentence));
  assert.deepEqual(warnings, [
    'uns/again was left out: it is a group that is there under another name',
    'uns/and_again was left out: it is a group that is there under another name',
    `${deep[32]} was left out: it is nested more than 32 groups deep`,
  ]);
  assert.match(JSON.stringify(uns), /"kept":1/);
  assert.doesNotMatch(JSON.stringify(uns), /lost|again/);
});

test('a name of any length is cut in messages', async (t) => {
  const path = await handmade(t, (file) => {
    frames(file);
    // As deep as it is long.
    new Group(file.file_id, 'obs').create_attribute('column-order', ['x/'.repeat(20_000)]);
  });
  const words = `obs lists the column ${'x/'.repeat(40).slice(0, 79)}…, which is not there`;
  await assert.rejects(readH5ad(path), (error) => error instanceof FileError && error.problem === words);
});

test('an encoding of a newer version is told from a strange one, and complex numbers by their name', async (t) => {
  const refusal = async (build: Build) => {
    const path = await handmade(t, (file) => {
      frames(file);
      build(file);
    });
    const error = await readH5ad(path).catch((error: unknown) => error);
    return error instanceof FileError ? `${error.problem}. ${error.remedy}` : error;
  };
  const versioned = (version: string) =>
    refusal((file) => {
      const obs = new Group(file.file_id, 'obs');
      obs.create_attribute('encoding-type', 'dataframe');
      obs.create_attribute('encoding-version', version);
    });
  assert.equal(
    await versioned('0.10.0'),
    'obs is dataframe 0.10.0, newer than this reader knows. Update cellcrate, or write the file again with an older version of anndata',
  );
  assert.match(String(await versioned('0.0.1')), /obs is dataframe 0\.0\.1 where a data frame belongs/);
  const complex = await refusal((file) =>
    file.create_dataset({
      name: 'X',
      data: new Map([
        ['r', new Float32Array(6)],
        ['i', new Float32Array(6)],
      ]),
      shape: [3, 2],
      dtype: [
        ['r', '<f'],
        ['i', '<f'],
      ],
    }),
  );
  assert.match(String(complex), /^X .*complex64/);
});
