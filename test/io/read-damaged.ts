/**
 * Run as a process of its own by damage.test.ts: reads damaged copies of a file and prints how they fared as JSON.
 * Arguments: file, folder for the copies, number of copies, seed.
 */
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { FileError } from '../../src/errors.js';
import { readH5ad } from '../../src/io/read.js';

const [file = '', folder = '', copies = '0', seed = '1'] = process.argv.slice(2);
const original = readFileSync(file);
const random = generator(Number(seed));
const fates = { read: 0, refused: 0, unexpected: [] as string[] };

for (let i = 0; i < Number(copies); i++) {
  const path = join(folder, `${i}.h5ad`);
  writeFileSync(path, i % 3 === 0 ? cut(original) : flip(original, i % 3 === 1 ? original.length : 4096));
  try {
    await readH5ad(path);
    fates.read++;
  } catch (error) {
    if (error instanceof FileError && error.message.length < 500) fates.refused++;
    else fates.unexpected.push(String(error).slice(0, 300));
  }
  rmSync(path);
}
console.log(JSON.stringify(fates));

function cut(bytes: Buffer): Buffer {
  return bytes.subarray(0, Math.floor(random() * bytes.length));
}

/** One to four bits turned among the first `length` bytes. */
function flip(bytes: Buffer, length: number): Buffer {
  const damaged = Buffer.from(bytes);
  for (let n = Math.floor(random() * 4); n >= 0; n--) {
    damaged[Math.floor(random() * Math.min(length, bytes.length))]! ^= 1 << Math.floor(random() * 8);
  }
  return damaged;
}

/** A small seeded generator (splitmix32, mixing constants of MurmurHash3's finaliser). */
function generator(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x9e3779b9) | 0;
    let z = Math.imul(state ^ (state >>> 16), 0x85ebca6b);
    z = Math.imul(z ^ (z >>> 13), 0xc2b2ae35);
    return ((z ^ (z >>> 16)) >>> 0) / 2 ** 32;
  };
}
