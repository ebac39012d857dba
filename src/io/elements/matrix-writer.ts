import { DataError } from '../../errors.js';
import type { CsrMatrix, DenseMatrix, Matrix } from '../anndata.js';
import type { Hdf5Writer } from '../hdf5/writer.js';
import { mark } from './mark.js';

/** Writes one matrix from blocks of its rows, from the top down. */
export interface MatrixWriter {
  /** @throws DataError where the block differs from the first in format, columns or type of its values */
  append(block: Matrix): Promise<void>;
  /** @throws DataError unless exactly `rows` rows were appended */
  finish(): void;
}

/**
 * Begins a matrix at `path` of the format and the value type that `first`, its first block, has.
 * @param rows of the whole matrix
 */
export function beginMatrix(writer: Hdf5Writer, path: string, rows: number, first: Matrix): MatrixWriter {
  const target =
    first.format === 'csr' ? beginCsr(writer, path, rows, first) : beginDense(writer, path, rows, first);
  let done = 0;
  return {
    async append(block) {
      if (
        block.format !== first.format ||
        block.cols !== first.cols ||
        block.data.constructor !== first.data.constructor
      ) {
        throw new DataError(
          path,
          'comes in blocks of different kinds',
          'Keep format, columns and value type the same',
        );
      }
      done += block.rows;
      checkRows(path, done, rows, done > rows);
      await target.append(block);
    },
    finish() {
      checkRows(path, done, rows, done !== rows);
      target.finish();
    },
  };
}

function checkRows(path: string, done: number, rows: number, wrong: boolean): void {
  if (wrong) throw new DataError(path, `has ${done} rows, but obs has ${rows}`, 'Give a row for each cell');
}

/** Indices are int32; the offsets too, unless there are more values than int32 can count. */
function beginCsr(writer: Hdf5Writer, path: string, rows: number, first: CsrMatrix): MatrixWriter {
  writer.group(path);
  mark(writer, path, 'csr_matrix', '0.1.0');
  writer.attribute(path, 'shape', [rows, first.cols]);
  const expected = first.rows === rows ? first.data.length : null;
  const data = writer.appender(`${path}/data`, first.data.subarray(0, 0), [], expected);
  const indices = writer.appender(`${path}/indices`, new Int32Array(0), [], expected);
  const indptr = new Float64Array(rows + 1);
  let row = 0;
  return {
    async append(block) {
      if (block.format !== 'csr') return;
      if (!(block.indices instanceof Int32Array)) {
        throw new DataError(`${path}/indices`, 'are no Int32Array', 'Give them as one');
      }
      const stored = indptr[row]!;
      for (let i = 1; i <= block.rows; i++) indptr[row + i] = stored + block.indptr[i]!;
      row += block.rows;
      const length = block.indptr[block.rows]!;
      await data.append(block.data.subarray(0, length));
      await indices.append(block.indices.subarray(0, length));
    },
    finish() {
      data.finish();
      indices.finish();
      const fits = indptr[rows]! < 2 ** 31;
      const offsets = fits ? Int32Array.from(indptr) : BigInt64Array.from(indptr, BigInt);
      writer.array(`${path}/indptr`, offsets, [rows + 1]);
    },
  };
}

function beginDense(writer: Hdf5Writer, path: string, rows: number, first: DenseMatrix): MatrixWriter {
  const data = writer.appender(path, first.data.subarray(0, 0), [first.cols], rows);
  mark(writer, path, 'array', '0.2.0');
  return {
    append: (block) => data.append(block.data),
    finish: () => data.finish(),
  };
}
