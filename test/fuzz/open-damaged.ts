/**
 * Run as a process of its own by fuzz.ts: opens damaged copies of a file one after another, and prints how each fared
 * as a line of JSON. Arguments: kind, the sound file, a folder for the copies, seed, first copy, number of copies.
 */
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { CellcrateError } from '../../src/errors.js';
import type { Matrix } from '../../src/io/anndata.js';
import { readH5ad } from '../../src/io/read.js';
import { readCheckpoint } from '../../src/model/checkpoint.js';
import { generate } from '../../src/model/generate.js';
import { readModel } from '../../src/model/model-file.js';
import { RunFolder } from '../../src/model/run-folder.js';
import { train } from '../../src/model/train.js';
import { damagedCopy, misdescribedCopy } from './damage.js';
import type { Fate, SubjectKind } from './fuzz.js';

/** Longer than any sentence that a user should read. */
const longestMessage = 600;

/** Opens a file as its users do; throws where what comes back cannot be right. */
type Subject = (path: string, sound: unknown) => Promise<unknown>;

const subjects: Readonly<Record<SubjectKind, Subject>> = {
  /** Nothing in the file tells a wrong value, but the shape of what comes back must hold. */
  h5ad: async (path) => {
    const data = await readH5ad(path);
    for (const matrix of [data.X, ...data.layers.values()]) if (matrix) requireCanonical(matrix);
    return data;
  },
  /** Every byte that matters is under a checksum. */
  'checked h5ad': async (path, sound) => {
    const { X, obs, var: genes } = await readH5ad(path);
    const found = { X, obs: obs.index, var: genes.index };
    requireSame(found, sound);
    return found;
  },
  model: async (path, sound) => same(await readModel(path), sound),
  /** No checksum tells what was changed, so that it must be refused or serve: cells are drawn from it. */
  description: async (path) => {
    const options = { n: 3, out: `${path}.h5ad`, force: true, threads: 1 };
    return (await generate(dirname(path), options)).cells;
  },
  checkpoint: async (path, sound) => same(await readCheckpoint(path), sound),
  /** A changed option may be one that is as good; it must not be one that nothing can work with. */
  config: async (path) => {
    const folder = dirname(path);
    await new RunFolder(folder).readConfig();
    const signal = AbortSignal.abort();
    return (await train(join(dirname(folder), 'data.h5ad'), { out: folder, resume: true, signal }))
      .interrupted;
  },
};

function same<T>(found: T, sound: unknown): T {
  requireSame(found, sound);
  return found;
}

function requireSame(found: unknown, sound: unknown): void {
  if (sound !== undefined && !isDeepStrictEqual(found, sound))
    throw new Error('read otherwise than the sound file');
}

function requireCanonical(matrix: Matrix): void {
  const { rows, cols, data } = matrix;
  if (matrix.format === 'dense') {
    if (data.length !== rows * cols) throw new Error('a dense matrix of another size than its shape');
    return;
  }
  const { indptr, indices } = matrix;
  if (indptr.length !== rows + 1 || indptr[rows] !== data.length) throw new Error('offsets do not fit');
  for (let row = 0; row < rows; row++) {
    for (let k = indptr[row]; k < indptr[row + 1]; k++) {
      const before = k > indptr[row] ? indices[k - 1] : -1;
      if (!(indices[k] > before && indices[k] < cols)) throw new Error(`row ${row} is not sorted`);
    }
  }
}

async function fateOf(action: () => Promise<unknown>): Promise<Fate> {
  try {
    await action();
    return 'read';
  } catch (error) {
    const isPlain = error instanceof CellcrateError && error.message.length < longestMessage;
    return isPlain && !error.message.includes('\n') ? 'refused' : String(error).slice(0, 300);
  }
}

const [kind, file = '', folder = '', seed = '1', first = '0', copies = '0'] = process.argv.slice(2);
const original = readFileSync(file);
const open = subjects[kind as SubjectKind];
const damaged = kind === 'description' ? misdescribedCopy : damagedCopy;
// A configuration stays in its run folder, which belongs to it.
const path = kind === 'config' ? file : join(folder, basename(file));
const sound = kind === 'config' || kind === 'description' ? undefined : await open(file, undefined);
try {
  for (let copy = Number(first); copy < Number(copies); copy++) {
    writeFileSync(path, damaged(original, Number(seed) * 1_000_003 + copy));
    console.log(JSON.stringify({ copy, fate: await fateOf(() => open(path, sound)) }));
  }
} finally {
  if (path === file) writeFileSync(file, original);
  else rmSync(path, { force: true });
}
