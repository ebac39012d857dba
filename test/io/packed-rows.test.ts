import assert from 'node:assert/strict';
import { ftruncateSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { selectRows } from '../../src/counts/csr.js';
import { FileError } from '../../src/errors.js';
import type { CsrMatrix } from '../../src/io/anndata.js';
import { PackedRowsWriter, readPackedRows } from '../../src/io/packed-rows.js';
import { closeScratch } from '../../src/io/scratch-file.js';
import { temporaryFolder } from '../temporary-folder.js';

/** Rows of every width of value, an empty one at each end among them. */
function mixedRows(cols: number, data: Float32Array | Float64Array): CsrMatrix {
  const ends = [0, 0, 3, 5, 5, 8, 9, 9];
  const indices = Int32Array.of(0, 2, cols - 1, 1, 3, 0, 1, cols - 1, 2);
  return { format: 'csr', rows: 7, cols, indptr: Float64Array.from(ends), indices, data };
}

const narrow = Float32Array.of(1, 255, 0, 256, 65535, 65536, -1, 0.1, Number.NaN);
const wide = Float64Array.of(1, 255, 0, 256, 65535, 2 ** 40 + 1, 0.1, -0.25, 1e300);

for (const [what, matrix] of [
  ['float32 values and few columns', mixedRows(5, narrow)],
  ['float64 values and few columns', mixedRows(5, wide)],
  ['more columns than 16 bits can tell apart', mixedRows(70_000, narrow)],
] as const) {
  test(`rows come back to the bit, in any order: ${what}`, (t) => {
    const writer = new PackedRowsWriter(join(temporaryFolder(t), 'run'), matrix.cols);
    writer.append(selectRows(matrix, [0, 1, 2]));
    writer.append(selectRows(matrix, [3, 4, 5, 6]));
    const packed = writer.finish();
    t.after(() => closeScratch(packed.file));
    assert.deepEqual([packed.rows, packed.cols], [7, matrix.cols]);
    for (const rows of [[0, 1, 2, 3, 4, 5, 6], [5, 1, 1, 2], [6], [4, 5, 6, 0], []]) {
      assert.deepEqual(readPackedRows(packed, rows), selectRows(matrix, rows));
    }
    assert.throws(() => readPackedRows(packed, [7]), RangeError);
  });
}

test('a row that is longer than the buffer is kept whole', (t) => {
  const cols = 3_000_000;
  const indices = Int32Array.from({ length: cols }, (_, column) => column);
  const data = Float32Array.from(indices, (column) => column / 8);
  const matrix: CsrMatrix = {
    ...{ format: 'csr', rows: 2, cols, indptr: Float64Array.of(0, 1, cols + 1) },
    ...{ indices: Int32Array.of(4, ...[]), data: Float32Array.of(9) },
  };
  const long = { ...matrix, rows: 1, indptr: Float64Array.of(0, cols), indices, data };
  const writer = new PackedRowsWriter(join(temporaryFolder(t), 'run'), cols);
  writer.append({ ...matrix, rows: 1, indptr: Float64Array.of(0, 1) });
  writer.append(long);
  const packed = writer.finish();
  t.after(() => closeScratch(packed.file));
  assert.deepEqual(readPackedRows(packed, [1]), long);
});

test('a scratch file has no name, and one that was cut short is reported', (t) => {
  const folder = temporaryFolder(t);
  const writer = new PackedRowsWriter(join(folder, 'run'), 5);
  if (process.platform !== 'win32') assert.deepEqual(readdirSync(folder), []);
  writer.append(mixedRows(5, narrow));
  const packed = writer.finish();
  t.after(() => closeScratch(packed.file));
  ftruncateSync(packed.file.descriptor, packed.places[6]! - 8);
  assert.equal(readPackedRows(packed, [1, 2]).rows, 2);
  assert.throws(
    () => readPackedRows(packed, [4, 5]),
    (error) => error instanceof FileError && error.file === join(folder, 'run'),
  );
});

test('a folder that is not there is told in plain words', (t) => {
  const owner = join(temporaryFolder(t), 'missing', 'run');
  assert.throws(() => new PackedRowsWriter(owner, 5), FileError);
});
