import assert from 'node:assert/strict';
import { copyFileSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { FileError } from '../../src/errors.js';
import { Hdf5Reader } from '../../src/io/hdf5/reader.js';
import { readH5ad } from '../../src/io/read.js';
import { projectRoot } from '../shared.js';
import { temporaryFolder } from '../temporary-folder.js';

const fixture = (name: string) => join(projectRoot, 'test', 'fixtures', 'h5ad', `${name}.h5ad`);

test('a damaged file leaves nothing behind: what takes its place is read as it is', async (t) => {
  const path = join(temporaryFolder(t), 'a.h5ad');
  const sound = readFileSync(fixture('all_checksummed'));
  const { X } = await readH5ad(fixture('all_checksummed'));
  for (let at = 900; at < sound.length; at += 150) {
    const damaged = Buffer.from(sound);
    damaged[at] ^= 1;
    // Written in place, so that it stays the same file for the system.
    writeFileSync(path, damaged);
    await readH5ad(path).catch((error) => assert.ok(error instanceof FileError));
    writeFileSync(path, sound.subarray(0, 1000));
    await assert.rejects(readH5ad(path), /is cut short/);
    writeFileSync(path, sound);
    assert.deepEqual((await readH5ad(path)).X, X);
  }
});

test('a file that is replaced while it is open is read on as it was', async (t) => {
  const path = join(temporaryFolder(t), 'a.h5ad');
  copyFileSync(fixture('dense_float32'), path);
  const reader = await Hdf5Reader.open(path);
  t.after(() => reader.close());
  writeFileSync(`${path}.new`, 'no HDF5');
  renameSync(`${path}.new`, path);
  const other = await Hdf5Reader.open(fixture('dense_float32'));
  t.after(() => other.close());
  assert.deepEqual(reader.info('X'), other.info('X'));
});

test('data are never taken from another file, be it there or not', async (t) => {
  const folder = temporaryFolder(t);
  const here = process.cwd();
  t.after(() => process.chdir(here));
  for (const name of ['external_storage', 'external_link', 'virtual_dataset', 'dense_float32']) {
    copyFileSync(fixture(name), join(folder, `${name}.h5ad`));
  }
  // Where the references of the three lead to a file that is there.
  process.chdir(folder);
  for (const name of ['external_storage', 'external_link', 'virtual_dataset']) {
    await assert.rejects(readH5ad(`${name}.h5ad`), /not followed|assembled from other files/);
  }
});
