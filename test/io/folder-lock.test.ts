import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { writeFileAtomic } from '../../src/io/atomic.js';
import { lockFolder } from '../../src/io/folder-lock.js';
import { partialPath, removeAbandoned } from '../../src/io/partial-files.js';
import { thisProcess } from '../../src/io/process-identity.js';
import { temporaryFolder } from '../temporary-folder.js';

/** The number of a process that has ended. */
async function deadProcess(): Promise<number> {
  const child = spawn(process.execPath, ['-e', '']);
  await new Promise((resolve) => child.on('close', resolve));
  return child.pid!;
}

test('a folder is locked once, then free again; nothing stays behind', (t) => {
  const folder = temporaryFolder(t);
  const run = join(folder, 'new', 'run');
  const release = lockFolder(run);
  const inUse = new RegExp(`run/?: is in use by the process ${process.pid}`);
  assert.throws(() => lockFolder(run), inUse);
  assert.throws(() => lockFolder(`${run}/`), inUse);
  lockFolder(join(folder, 'new', 'other'))();
  release();
  assert.deepEqual(readdirSync(folder), []);
  lockFolder(run)();
});

test('the lock of a process that is gone is taken over, that of another machine is not', async (t) => {
  const run = join(temporaryFolder(t), 'run');
  const lock = join(run, '..', '.run.lock');
  const pid = await deadProcess();
  for (const stale of [
    { ...thisProcess, pid, started: 0 },
    { ...thisProcess, pid, started: 17 },
    // This process's number, of an earlier process.
    { ...thisProcess, started: 1 },
  ]) {
    writeFileSync(lock, JSON.stringify(stale));
    const release = lockFolder(run);
    assert.deepEqual(JSON.parse(readFileSync(lock, 'utf8')), thisProcess);
    release();
    assert.ok(!existsSync(lock));
  }
  writeFileSync(lock, 'not a lock');
  lockFolder(run)();
  writeFileSync(lock, JSON.stringify({ ...thisProcess, host: '01234567' }));
  assert.throws(() => lockFolder(run), /another machine .* remove .*\.run\.lock if it is no longer there/);
});

test('what a killed process left is removed by the next write, what a living one writes is not', async (t) => {
  const folder = temporaryFolder(t);
  const path = join(folder, 'a.json');
  const pid = await deadProcess();
  const abandoned = (name: string) => `.${name}.${thisProcess.host}-${pid}-17-1.partial`;
  for (const name of ['a.json', 'b.json']) writeFileSync(join(folder, abandoned(name)), 'half');
  mkdirSync(join(folder, abandoned('report')));
  const living = partialPath(path);
  writeFileSync(living, 'half');
  const elsewhere = `.a.json.01234567-${pid}-17-1.partial`;
  writeFileSync(join(folder, elsewhere), 'half');
  await writeFileAtomic(path, '{}');
  assert.ok(!existsSync(join(folder, abandoned('a.json'))));
  assert.ok(existsSync(join(folder, abandoned('b.json'))) && existsSync(living));
  removeAbandoned(folder);
  assert.deepEqual(readdirSync(folder).length, 3, 'the file, the living one and that of another machine');
});

test('what a process left that was killed as it took the lock is removed by the next that takes it', async (t) => {
  const folder = temporaryFolder(t);
  const left = (name: string, pid: number) => `.${name}.${thisProcess.host}-${pid}-17-1.partial`;
  const pid = await deadProcess();
  for (const name of ['.run.lock', '.other.lock']) writeFileSync(join(folder, left(name, pid)), '{}');
  const release = lockFolder(join(folder, 'run'));
  assert.deepEqual(readdirSync(folder).sort(), [left('.other.lock', pid), '.run.lock'].sort());
  release();
});
