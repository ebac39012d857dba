import type { CsrMatrix } from '../anndata.js';
import { readFloat64, readInt32, readValues } from '../hdf5/numbers.js';
import type { Hdf5Reader } from '../hdf5/reader.js';
import { narrow } from '../narrow.js';
import { canonicalCsr } from '../sparse.js';

interface RowRange {
  /** Checked offsets of every row (CSR) or column (CSC). */
  readonly indptr: Float64Array;
  /** Of the whole matrix. */
  readonly rows: number;
  readonly cols: number;
  readonly start: number;
  readonly end: number;
}

/** Entries of a matrix looked at together. */
const scanLength = 2 ** 22;

/** The offsets of a sparse matrix. @throws FileError unless they rise from 0 to the number of stored values */
export async function readIndptr(
  reader: Hdf5Reader,
  path: string,
  majors: number,
  storedValues: number,
): Promise<Float64Array> {
  const indptr = await readFloat64(reader, `${path}/indptr`);
  if (indptr.length !== majors + 1) {
    throw reader.fault(`${path}/indptr`, `has ${indptr.length} offsets where ${majors + 1} belong`);
  }
  let previous = 0;
  for (const offset of indptr) {
    if (!(offset >= previous && offset <= storedValues && Number.isInteger(offset))) {
      throw reader.fault(`${path}/indptr`, `does not rise from 0 to ${storedValues}`);
    }
    previous = offset;
  }
  if (indptr[0] !== 0) throw reader.fault(`${path}/indptr`, 'does not begin with 0');
  if (previous !== storedValues) {
    throw reader.fault(`${path}/indptr`, `ends with ${previous}, but ${storedValues} values are stored`);
  }
  return indptr;
}

/** Rows of a CSR matrix: three slices of the file. */
export async function readCsrRows(reader: Hdf5Reader, path: string, range: RowRange): Promise<CsrMatrix> {
  const { indptr, cols, start, end } = range;
  const [from, to] = [indptr[start]!, indptr[end]!];
  const reading = [
    readInt32(reader, `${path}/indices`, from, to),
    readValues(reader, `${path}/data`, from, to),
  ] as const;
  // Neither reads on after the other has failed and the file is closed.
  await Promise.allSettled(reading);
  const [indices, data] = await Promise.all(reading);
  const offsets = indptr.slice(start, end + 1).map((offset) => offset - from);
  const matrix = canonicalCsr({ rows: end - start, cols, indptr: offsets, indices, data });
  for (let row = 0; row < matrix.rows; row++) {
    // Indices rise within a row: its ends speak for all.
    const [first, beyond] = [matrix.indptr[row]!, matrix.indptr[row + 1]!];
    if (first === beyond) continue;
    refuseOutside(reader, path, matrix.indices[first]!, cols);
    refuseOutside(reader, path, matrix.indices[beyond - 1]!, cols);
  }
  return matrix;
}

/** Rows of a CSC matrix, by two scans over all of it: one counts each row's entries, one puts them in place. */
export async function readCscRows(reader: Hdf5Reader, path: string, range: RowRange): Promise<CsrMatrix> {
  const { cols, start, end } = range;
  const rows = end - start;
  const offsets = new Float64Array(rows + 1);
  await scanCsc(reader, path, range, false, (row) => {
    if (row >= start && row < end) offsets[row - start + 1]!++;
  });
  for (let row = 0; row < rows; row++) offsets[row + 1]! += offsets[row]!;
  const stored = offsets[rows]!;
  const indices = new Int32Array(stored);
  const data = new Float64Array(stored);
  const next = offsets.slice(0, rows);
  await scanCsc(reader, path, range, true, (row, col, value) => {
    if (row < start || row >= end) return;
    const at = next[row - start]!++;
    indices[at] = col;
    data[at] = value;
  });
  return canonicalCsr({ rows, cols, indptr: offsets, indices, data: narrow(data) });
}

/** Visits the stored entries column by column, a slice of the file at a time; `value` is 0 where it is not asked for, or no row of the slice is. */
async function scanCsc(
  reader: Hdf5Reader,
  path: string,
  { indptr, rows, start, end }: RowRange,
  withValues: boolean,
  visit: (row: number, col: number, value: number) => void,
): Promise<void> {
  const stored = indptr[indptr.length - 1]!;
  let col = 0;
  for (let from = 0; from < stored; from += scanLength) {
    const to = Math.min(stored, from + scanLength);
    const rowIndices = await readIndices(reader, path, from, to, rows);
    const isAsked = withValues && rowIndices.some((row) => row >= start && row < end);
    const values = isAsked ? await readValues(reader, `${path}/data`, from, to) : null;
    for (let at = from; at < to; at++) {
      while (at >= indptr[col + 1]!) col++;
      visit(rowIndices[at - from]!, col, values === null ? 0 : values[at - from]!);
    }
  }
}

/** Whether indices rise within each row (CSR) or column (CSC), so that no place is there twice. A pass over them. */
export async function indicesRise(reader: Hdf5Reader, path: string, indptr: Float64Array): Promise<boolean> {
  const stored = indptr[indptr.length - 1]!;
  let major = -1;
  let next = 0;
  let previous = -1;
  for (let from = 0; from < stored; from += scanLength) {
    const to = Math.min(stored, from + scanLength);
    const indices = await readInt32(reader, `${path}/indices`, from, to);
    for (let i = 0; i < indices.length; i++) {
      while (from + i >= next) {
        major++;
        next = indptr[major + 1]!;
        previous = -1;
      }
      const index = indices[i]!;
      if (index <= previous) return false;
      previous = index;
    }
  }
  return true;
}

async function readIndices(
  reader: Hdf5Reader,
  path: string,
  from: number,
  to: number,
  bound: number,
): Promise<Int32Array> {
  const indices = await readInt32(reader, `${path}/indices`, from, to);
  // By number: an iterator takes ten times as long over tens of millions of entries.
  for (let at = 0; at < indices.length; at++) {
    refuseOutside(reader, path, indices[at]!, bound);
  }
  return indices;
}

function refuseOutside(reader: Hdf5Reader, path: string, index: number, bound: number): void {
  if (index >= 0 && index < bound) return;
  throw reader.fault(`${path}/indices`, `holds ${index}, outside of 0 to ${bound - 1}`);
}
