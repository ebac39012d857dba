import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import {
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { FileError } from '../../src/errors.js';
import { replaceAtomically, writeFileAtomic } from '../../src/io/atomic.js';
import { refuseToOverwrite } from '../../src/io/overwrite.js';
import { temporaryFolder } from '../temporary-folder.js';

test('a file is replaced as a whole', async (t) => {
  const folder = temporaryFolder(t);
  const path = join(folder, 'a.json');
  await writeFileAtomic(path, 'one');
  await writeFileAtomic(path, Buffer.from('two'));
  assert.equal(readFileSync(path, 'utf8'), 'two');
  assert.deepEqual(readdirSync(folder), ['a.json']);
});

test('a writer that fails leaves the old file and nothing else', async (t) => {
  const folder = temporaryFolder(t);
  const path = join(folder, 'a.json');
  await writeFileAtomic(path, 'old');
  const interrupted = replaceAtomically(path, (temporary) => {
    writeFileSync(temporary, 'half');
    throw new RangeError('stopped');
  });
  await assert.rejects(interrupted, RangeError);
  assert.equal(readFileSync(path, 'utf8'), 'old');
  assert.deepEqual(readdirSync(folder), ['a.json']);
});

for (const [code, words] of [
  ['ENOSPC', /no space left on the disk/],
  ['EROFS', /the disk is read-only/],
  ['EACCES', /permission denied/],
] as const) {
  test(`${code} is told in plain words, with the name of the file that was asked for`, async (t) => {
    const path = join(temporaryFolder(t), 'a.json');
    const failing = replaceAtomically(path, () => {
      throw Object.assign(new Error(code), { code });
    });
    await assert.rejects(
      failing,
      (error) => error instanceof FileError && error.file === path && words.test(error.message),
    );
  });
}

test('a folder in the place of the file, and a missing folder, are refused', async (t) => {
  const folder = temporaryFolder(t);
  mkdirSync(join(folder, 'taken'));
  await assert.rejects(writeFileAtomic(join(folder, 'taken'), ''), /is a folder/);
  await assert.rejects(writeFileAtomic(join(folder, 'no', 'a'), ''), /the folder .*no does not exist/);
});

test('a folder that takes no files is not called missing', { skip: !existsSync('/proc') }, async () => {
  await assert.rejects(writeFileAtomic('/proc/a.h5ad', ''), /the folder \/proc takes no new files/);
});

test('a pipe stays what it is', { skip: process.platform === 'win32' }, async (t) => {
  const folder = temporaryFolder(t);
  const [pipe, link] = [join(folder, 'pipe'), join(folder, 'link')];
  assert.equal(spawnSync('mkfifo', [pipe]).status, 0);
  symlinkSync(pipe, link);
  for (const path of [pipe, link]) {
    await assert.rejects(writeFileAtomic(path, 'new'), (error) => {
      return error instanceof FileError && error.file === path && /not a regular file/.test(error.message);
    });
  }
  assert.ok(statSync(pipe).isFIFO());
  assert.deepEqual(readdirSync(folder).sort(), ['link', 'pipe']);
});

test('a link stays a link: the file that it leads to is replaced, where there is one', async (t) => {
  const folder = temporaryFolder(t);
  mkdirSync(join(folder, 'large'));
  writeFileSync(join(folder, 'large', 'a'), 'old');
  symlinkSync(join('large', 'a'), join(folder, 'link'));
  await writeFileAtomic(join(folder, 'link'), 'new');
  assert.equal(readFileSync(join(folder, 'large', 'a'), 'utf8'), 'new');
  assert.ok(lstatSync(join(folder, 'link')).isSymbolicLink());
  assert.deepEqual(readdirSync(join(folder, 'large')), ['a']);

  symlinkSync('nowhere', join(folder, 'dangling'));
  await assert.rejects(writeFileAtomic(join(folder, 'dangling'), 'new'), /is a link that leads nowhere/);
});

test('an existing file is refused unless forced', async (t) => {
  const path = join(temporaryFolder(t), 'a');
  refuseToOverwrite(path, false);
  writeFileSync(path, '');
  assert.throws(() => refuseToOverwrite(path, false), FileError);
  refuseToOverwrite(path, true);
});
