import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { test } from 'node:test';
import fc from 'fast-check';
import { ChunkStore } from '../../src/io/hdf5/chunk-store.js';
import { type ChunkedArray, placeChunks } from '../../src/io/hdf5/chunked-arrays.js';
import { DatasetAppender } from '../../src/io/hdf5/dataset-appender.js';
import { loadHdf5 } from '../../src/io/hdf5/library.js';
import type { Compression } from '../../src/io/hdf5/writer.js';
import { projectRoot } from '../shared.js';
import { temporaryFolder } from '../temporary-folder.js';

const python = '/usr/bin/python3';
const script = join(projectRoot, 'test', 'io', 'grow_chunks.py');
const hasH5py = spawnSync(python, ['-c', 'import h5py']).status === 0;
const skip = hasH5py ? false : 'needs python3-h5py (Debian: apt-get install python3-h5py)';

interface Rows {
  readonly rows: number;
  readonly chunkShape: readonly number[];
  readonly rowShape: readonly number[];
}

test('the library finds every chunk, whatever their number and shape', async (t) => {
  const folder = temporaryFolder(t);
  let run = 0;
  await fc.assert(
    fc.asyncProperty(
      fc.array(anyRows(), { minLength: 1, maxLength: 3 }),
      fc.constantFrom('gzip' as const, 'none' as const),
      async (arrays, compression) => {
        const path = join(folder, `${run++}.h5`);
        await writeArrays(path, arrays, compression);
        const { File } = await loadHdf5();
        const file = new File(path, 'r');
        try {
          arrays.forEach((array, i) => {
            const read = file.get(`array${i}`) as { value: Float64Array; shape: number[] } | null;
            assert.deepEqual(read?.shape, [array.rows, ...array.rowShape]);
            assert.deepEqual(read?.value, numbers(array));
          });
        } finally {
          file.close();
        }
      },
    ),
    { numRuns: 40, seed: 1 },
  );
});

test('h5py reads an index of one, two and three levels, and lets its arrays grow', { skip }, async (t) => {
  const arrays = [1, 64, 65, 4_096, 4_097].map((chunks) => ({
    rows: 2 * chunks - 1,
    chunkShape: [2],
    rowShape: [],
  }));
  const wide = { rows: 301, chunkShape: [3, 4], rowShape: [4] };
  for (const compression of ['gzip', 'none'] as const) {
    const path = join(temporaryFolder(t), 'grows.h5');
    await writeArrays(path, [...arrays, wide], compression);
    const { status, stdout, stderr } = spawnSync(python, [script, path], { encoding: 'utf8' });
    assert.equal(status, 0, stderr);
    // Every array counts up from 0; h5py appended 400 rows of -1 to each, in chunks of its own making.
    assert.deepEqual(
      JSON.parse(stdout),
      Object.fromEntries(
        [...arrays, wide].map((array, i) => [
          `array${i}`,
          {
            before: [...numbers(array)],
            after: array.rows + 400,
            same: true,
            added: true,
            compression: compression === 'gzip' ? 'gzip' : null,
          },
        ]),
      ),
    );
  }
});

/** Up to 200 chunks, the last one full or not. */
function anyRows(): fc.Arbitrary<Rows> {
  return fc
    .record({
      chunkRows: fc.integer({ min: 1, max: 5 }),
      rows: fc.integer({ min: 0, max: 200 }),
      rowShape: fc.array(fc.integer({ min: 1, max: 3 }), { maxLength: 2 }),
    })
    .map(({ chunkRows, rows, rowShape }) => ({ rows, chunkShape: [chunkRows, ...rowShape], rowShape }));
}

/** 0, 1, 2, ... */
function numbers({ rows, rowShape }: Rows): Float64Array {
  return Float64Array.from({ length: rowShape.reduce((product, n) => product * n, rows) }, (_, i) => i);
}

async function writeArrays(path: string, arrays: readonly Rows[], compression: Compression): Promise<void> {
  const { File, library } = await loadHdf5();
  const file = new File(path, 'w', { libver: ['earliest', 'latest'] });
  const store = new ChunkStore(path, compression);
  const placed = new Map<number, ChunkedArray>();
  for (const [i, array] of arrays.entries()) {
    const name = `array${i}`;
    const dataset = file.create_dataset({
      ...{ name, data: new Float64Array(0), shape: [0, ...array.rowShape] },
      ...{ maxshape: [null, ...array.rowShape], chunks: [...array.chunkShape] },
      ...(compression === 'gzip' ? { compression: 'gzip' as const, compression_opts: 4 } : {}),
    });
    const appender = new DatasetAppender(store, new Float64Array(0), array.chunkShape, {
      isFull: () => store.hasRoom(),
      finished: (rows) => dataset.resize([rows, ...array.rowShape]),
    });
    await appender.append(numbers(array));
    appender.finish();
    const reference = library.create_object_reference(file.file_id, name);
    placed.set(Number(Buffer.from(reference).readBigUInt64LE(0)), appender);
  }
  await store.settled();
  file.close();
  placeChunks(path, store, placed);
  store.close();
}
