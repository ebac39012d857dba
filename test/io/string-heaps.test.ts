import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { isSoundCollection } from '../../src/io/hdf5/string-heaps.js';
import { projectRoot } from '../shared.js';
import { frames, handmade } from './handmade.js';

/** A file of which the first heap of strings has an object without length. */
async function withDamagedHeap(t: TestContext): Promise<string> {
  const path = await handmade(t, frames);
  const bytes = readFileSync(path);
  const heap = bytes.indexOf('GCOL\x01');
  writeFileSync(path, bytes.fill(0, heap + 16, heap + 32));
  return path;
}

/** In a process of its own, since the HDF5 library would never return. */
function readApart(path: string): string {
  const script = `
    import { readH5ad } from ${JSON.stringify(join(projectRoot, 'build', 'src', 'io', 'read.js'))};
    await readH5ad(${JSON.stringify(path)}).catch((error) => console.log(error.message));`;
  const options = { encoding: 'utf8', timeout: 30_000 } as const;
  const { signal, stdout } = spawnSync(process.execPath, ['--input-type=module', '--eval', script], options);
  assert.equal(signal, null, 'did not return');
  return stdout;
}

test('a heap of strings with an object of no length is refused, also in a file over 1 GiB', async (t) => {
  const path = await withDamagedHeap(t);
  assert.match(readApart(path), /is damaged where it keeps its text/);
  // Of zeros that take no place on the disk.
  truncateSync(path, 1100 * 2 ** 20);
  assert.match(readApart(path), /is damaged where it keeps its text/);
});

test('a heap of any length is walked from object to object, and not read whole', () => {
  const head = (index: number, size: number) => {
    const bytes = Buffer.alloc(16);
    bytes.writeUInt16LE(index, 0);
    bytes.writeBigUInt64LE(BigInt(size), 8);
    return bytes;
  };
  const long = 2 ** 32;
  // The first object is as long as a text of 4 GiB, the rest is free.
  const header = Buffer.concat([Buffer.from('GCOL\x01\0\0\0'), head(0, long + 64).subarray(8)]);
  const start = Buffer.concat([header, head(1, long), Buffer.alloc(4064)]);
  const isSound = (rest: Buffer) => {
    let read = 0;
    const sound = isSoundCollection(start, (bytes, at) => {
      assert.equal(at, 32 + long);
      read = rest.copy(bytes);
      return read;
    });
    assert.equal(read, rest.length);
    return sound;
  };
  assert.equal(isSound(head(0, 32)), true);
  assert.equal(isSound(head(0, 0)), false);
  assert.equal(isSound(head(2, 64)), false);
  assert.equal(isSound(Buffer.alloc(0)), false);
});
