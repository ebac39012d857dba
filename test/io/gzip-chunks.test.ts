import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import fc from 'fast-check';
import { FileError } from '../../src/errors.js';
import type { CsrMatrix } from '../../src/io/anndata.js';
import { GzipChunks } from '../../src/io/hdf5/gzip-chunks.js';
import { Hdf5Reader } from '../../src/io/hdf5/reader.js';
import { readH5ad } from '../../src/io/read.js';
import { writeH5ad } from '../../src/io/write.js';
import { projectRoot } from '../shared.js';
import { temporaryFolder } from '../temporary-folder.js';
import { handmade } from './handmade.js';

const python = '/usr/bin/python3';
const script = join(projectRoot, 'test', 'io', 'odd_chunks.py');
const hasH5py = spawnSync(python, ['-c', 'import h5py']).status === 0;
const skip = hasH5py ? false : 'needs python3-h5py (Debian: apt-get install python3-h5py)';

/** By whom arrays of odd_chunks.py are unpacked: but for the latest format by us. */
const ours = ['gzip', 'one chunk', 'by rows', 'grown', 'shrunk'];
/** The reader sees their type, or a chunk, and then leaves them to the library or refuses them. */
const seenLater = [
  'big-endian',
  'too short a chunk',
  'too long a chunk',
  'a chunk with bytes behind it',
  'a damaged chunk',
];

test('arrays are the same whether or not the library unpacks them, however h5py keeps them', {
  skip,
}, async (t) => {
  const folder = temporaryFolder(t);
  const { status, stderr } = spawnSync(python, [script, folder], { encoding: 'utf8' });
  assert.equal(status, 0, stderr);
  for (const format of ['earliest', 'v108', 'latest']) {
    const path = join(folder, `${format}.h5`);
    const reader = await Hdf5Reader.open(path);
    try {
      const names = [...reader.children('')];
      assert.equal(names.length, 20);
      const own = names.filter((name) => findIn(reader, path, name) !== null);
      assert.deepEqual(own, format === 'latest' ? [] : [...ours, ...seenLater].sort());
      for (const name of names.filter((one) => one !== 'a damaged chunk' && one !== 'too short a chunk')) {
        const [rows, ...width] = reader.info(name).shape as [number, ...number[]];
        await fc.assert(
          fc.asyncProperty(fc.nat(rows), fc.nat(rows), async (one, other) => {
            const [start, end] = [Math.min(one, other), Math.max(one, other)];
            const zeros = width.map(() => 0);
            const count = [end - start, ...width];
            const byLibrary = reader.readBlock(name, [start, ...zeros], count, (bytes) => Buffer.from(bytes));
            assert.ok(
              (await read(reader, name, start, end)).equals(byLibrary),
              `${name}, rows ${start} to ${end}`,
            );
          }),
          { numRuns: 30 },
        );
      }
      await assert.rejects(read(reader, 'a damaged chunk', 0, 1_024), /a damaged chunk is damaged/);
      if (format === 'latest') continue;
      const problem = /too short a chunk has a chunk that is too short: 288 bytes where 4096 belong/;
      await assert.rejects(read(reader, 'too short a chunk', 0, 1_024), problem);
    } finally {
      reader.close();
    }
  }
});

test('the parts of a CSR matrix as written here are unpacked without the library, and rows beyond the end refused', async (t) => {
  const path = join(temporaryFolder(t), 'own.h5ad');
  const cells = 40_000;
  const indices = Int32Array.from({ length: 3 * cells }, (_, k) => (k % 3) + (Math.floor(k / 3) % 5));
  const X: CsrMatrix = {
    ...{
      format: 'csr',
      rows: cells,
      cols: 7,
      indices,
      data: Float32Array.from(indices, (index) => index + 1),
    },
    indptr: Float64Array.from({ length: cells + 1 }, (_, row) => 3 * row),
  };
  const names = (prefix: string, length: number) => ({
    index: Array.from({ length }, (_, i) => `${prefix}${i}`),
    columns: new Map(),
  });
  await writeH5ad(path, { X, obs: names('cell', cells), var: names('gene', 7) });
  const reader = await Hdf5Reader.open(path);
  try {
    for (const part of ['X/data', 'X/indices', 'X/indptr']) {
      assert.ok(findIn(reader, path, part), part);
      const rows = reader.info(part).shape![0]!;
      await assert.rejects(read(reader, part, 0, rows + 1), /is smaller than the rest of the file says/);
    }
  } finally {
    reader.close();
  }
  const { X: copy } = await readH5ad(path);
  assert.deepEqual(copy, X);
});

test('whatever bytes are wrong, an array is wrong only where the library too takes it for sound', async (t) => {
  const values = Float64Array.from({ length: 3_000 }, (_, i) => Math.sin(i));
  const path = await handmade(t, (file) => {
    file.create_dataset({ name: 'a', data: values, maxshape: [null], chunks: [512], compression: 'gzip' });
  });
  const bytes = readFileSync(path);
  const written = Buffer.from(values.buffer);
  const tree = bytes.indexOf('TREE\x01', 0, 'latin1');
  assert.ok(tree > 0);
  const broken = join(temporaryFolder(t), 'broken.h5');
  const damage = fc.tuple(
    fc.oneof(fc.nat(bytes.length - 1), fc.integer({ min: tree, max: tree + 300 })),
    fc.integer({ min: 1, max: 255 }),
  );
  await fc.assert(
    fc.asyncProperty(fc.array(damage, { minLength: 1, maxLength: 3 }), async (changes) => {
      const copy = Buffer.from(bytes);
      for (const [at, change] of changes) copy[at]! ^= change;
      writeFileSync(broken, copy);
      const [own, library] = [await outcome(broken, true), await outcome(broken, false)];
      // What it makes of such an array may be memory that nobody wrote, another one each time.
      const isWrong = (read: Buffer | string) => typeof read !== 'string' && !read.equals(written);
      if (isWrong(own)) assert.ok(isWrong(library));
    }),
    { numRuns: 300 },
  );
});

test('a chunk that cannot be read ends in a FileError, while others are waited for', async (t) => {
  const values = Float64Array.from({ length: 20_000 }, (_, i) => Math.sin(i));
  const path = await handmade(t, (file) => {
    file.create_dataset({ name: 'a', data: values, maxshape: [null], chunks: [1_000], compression: 'gzip' });
  });
  const bytes = readFileSync(path);
  const chunk = 5;
  // Header of the node, then keys (bytes and mask, place, place within the element) and addresses in turn.
  const address = bytes.indexOf('TREE\x01', 0, 'latin1') + 24 + chunk * 32 + 24;
  const place = Number(bytes.readBigUInt64LE(address));
  bytes.write('GCOL\x01', place, 'latin1');
  writeFileSync(path, bytes);
  await assert.rejects(
    async () => {
      const reader = await Hdf5Reader.open(path);
      try {
        await read(reader, 'a', 0, values.length);
      } finally {
        reader.close();
      }
    },
    (error) => error instanceof FileError && /damaged/.test(error.message),
  );
});

/** The bytes of the array, or why it was refused. */
async function outcome(path: string, ownWay: boolean): Promise<Buffer | string> {
  let reader: Hdf5Reader | undefined;
  try {
    reader = await Hdf5Reader.open(path);
    const rows = reader.info('a').shape![0]!;
    if (rows > 10_000) return 'too long';
    return ownWay
      ? await read(reader, 'a', 0, rows)
      : reader.readBlock('a', [0], [rows], (bytes) => Buffer.from(bytes));
  } catch (error) {
    return String(error);
  } finally {
    reader?.close();
  }
}

async function read(reader: Hdf5Reader, path: string, start: number, end: number): Promise<Buffer> {
  const pieces: Buffer[] = [];
  let next = start;
  const rowBytes = reader
    .info(path)
    .shape!.slice(1)
    .reduce((product, n) => product * n, reader.info(path).size);
  await reader.readRows(path, start, end, (bytes, row) => {
    assert.equal(row, next);
    next += bytes.length / rowBytes;
    pieces.push(Buffer.from(bytes));
  });
  return Buffer.concat(pieces);
}

function findIn(reader: Hdf5Reader, path: string, name: string): GzipChunks | null {
  const file = readFileSync(path);
  const start = file.indexOf('\x89HDF', 0, 'latin1');
  const bytesAt = (position: number, length: number) =>
    file.subarray(start + position, start + position + length);
  const { shape, size } = reader.info(name);
  return GzipChunks.find(bytesAt, reader.addressOf(name), shape!, size);
}
