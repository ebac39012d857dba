import { DataError } from '../errors.js';
import type { CsrMatrix, DenseMatrix, Matrix } from '../io/anndata.js';

/** The same matrix with zeros left out; a matrix that is sparse already is returned as it is. */
export function toCsr(matrix: Matrix): CsrMatrix {
  return matrix.format === 'csr' ? matrix : compressRows(matrix);
}

/** Drops the zeros of a dense matrix. */
export function compressRows(matrix: DenseMatrix): CsrMatrix {
  const { rows, cols, data } = matrix;
  const indptr = new Float64Array(rows + 1);
  for (let row = 0, position = 0, stored = 0; row < rows; row++) {
    for (let col = 0; col < cols; col++) if (data[position++] !== 0) stored++;
    indptr[row + 1] = stored;
  }
  const indices = new Int32Array(indptr[rows]);
  const values = emptyLike(data, indptr[rows]);
  for (let row = 0, position = 0, next = 0; row < rows; row++) {
    for (let col = 0; col < cols; col++, position++) {
      if (data[position] === 0) continue;
      indices[next] = col;
      values[next++] = data[position];
    }
  }
  return { format: 'csr', rows, cols, indptr, indices, data: values };
}

/** Cells x genes as genes x cells, each row sorted: a second copy of all stored values. */
export function transposeCsr({ rows, cols, indptr, indices, data }: CsrMatrix): CsrMatrix {
  const starts = new Float64Array(cols + 1);
  for (const col of indices) starts[col + 1]++;
  for (let col = 0; col < cols; col++) starts[col + 1] += starts[col];
  const next = starts.slice();
  const own = new Int32Array(indices.length);
  const values = emptyLike(data, indices.length);
  for (let row = 0; row < rows; row++) {
    for (let at = indptr[row]; at < indptr[row + 1]; at++) {
      const to = next[indices[at]]++;
      own[to] = row;
      values[to] = data[at];
    }
  }
  return { format: 'csr', rows: cols, cols: rows, indptr: starts, indices: own, data: values };
}

/**
 * The given cells, in the given order.
 * @param rows row numbers of `matrix`; a row may be named more than once
 */
export function selectRows(matrix: CsrMatrix, rows: ArrayLike<number>): CsrMatrix {
  const indptr = new Float64Array(rows.length + 1);
  for (let i = 0; i < rows.length; i++) {
    const row = rows[i];
    if (!(row >= 0 && row < matrix.rows)) {
      throw new DataError(
        'matrix',
        `there is no row ${row}, only ${matrix.rows}`,
        'Check the cells asked for',
      );
    }
    indptr[i + 1] = indptr[i] + matrix.indptr[row + 1] - matrix.indptr[row];
  }
  const indices = new Int32Array(indptr[rows.length]);
  const data = emptyLike(matrix.data, indptr[rows.length]);
  for (let i = 0; i < rows.length; i++) {
    const from = matrix.indptr[rows[i]];
    const to = matrix.indptr[rows[i] + 1];
    indices.set(matrix.indices.subarray(from, to), indptr[i]);
    data.set(matrix.data.subarray(from, to), indptr[i]);
  }
  return { format: 'csr', rows: rows.length, cols: matrix.cols, indptr, indices, data };
}

/**
 * The given genes, in the given order.
 * @param cols distinct column numbers of `matrix`
 */
export function selectColumns(matrix: CsrMatrix, cols: ArrayLike<number>): CsrMatrix {
  const newColumn = new Int32Array(matrix.cols).fill(-1);
  let ascending = true;
  for (let i = 0; i < cols.length; i++) {
    newColumn[cols[i]] = i;
    if (i > 0 && cols[i] < cols[i - 1]) ascending = false;
  }
  const indptr = new Float64Array(matrix.rows + 1);
  for (let row = 0, stored = 0; row < matrix.rows; row++) {
    for (let k = matrix.indptr[row]; k < matrix.indptr[row + 1]; k++) {
      if (newColumn[matrix.indices[k]] >= 0) stored++;
    }
    indptr[row + 1] = stored;
  }
  const indices = new Int32Array(indptr[matrix.rows]);
  const data = emptyLike(matrix.data, indptr[matrix.rows]);
  for (let k = 0, next = 0; k < matrix.indices.length; k++) {
    const column = newColumn[matrix.indices[k]];
    if (column < 0) continue;
    indices[next] = column;
    data[next++] = matrix.data[k];
  }
  const selected: CsrMatrix = { format: 'csr', rows: matrix.rows, cols: cols.length, indptr, indices, data };
  if (!ascending) sortRows(selected);
  return selected;
}

function sortRows(matrix: CsrMatrix): void {
  for (let row = 0; row < matrix.rows; row++) {
    const from = matrix.indptr[row];
    const to = matrix.indptr[row + 1];
    const columns = matrix.indices.slice(from, to);
    const values = matrix.data.slice(from, to);
    const order = Array.from(columns.keys()).sort((a, b) => columns[a] - columns[b]);
    for (let i = 0; i < order.length; i++) {
      matrix.indices[from + i] = columns[order[i]];
      matrix.data[from + i] = values[order[i]];
    }
  }
}

function emptyLike(values: Float32Array | Float64Array, length: number): Float32Array | Float64Array {
  return values instanceof Float64Array ? new Float64Array(length) : new Float32Array(length);
}

/** The parts one below the other; all have the same columns. */
export function concatRows(parts: readonly CsrMatrix[], cols: number): CsrMatrix {
  const rows = parts.reduce((sum, part) => sum + part.rows, 0);
  const stored = parts.reduce((sum, part) => sum + part.indices.length, 0);
  const wide = parts.some((part) => part.data instanceof Float64Array);
  const indptr = new Float64Array(rows + 1);
  const indices = new Int32Array(stored);
  const data = wide ? new Float64Array(stored) : new Float32Array(stored);
  let row = 0;
  let offset = 0;
  for (const part of parts) {
    indices.set(part.indices, offset);
    data.set(part.data, offset);
    for (let i = 1; i <= part.rows; i++) indptr[++row] = offset + part.indptr[i];
    offset += part.indices.length;
  }
  return { format: 'csr', rows, cols, indptr, indices, data };
}

/** Writes the given rows densely, one after another, into `out` (rows.length x cols). */
export function denseRows(matrix: CsrMatrix, rows: ArrayLike<number>, out: Float32Array): void {
  out.fill(0, 0, rows.length * matrix.cols);
  for (let i = 0; i < rows.length; i++) {
    const base = i * matrix.cols;
    for (let k = matrix.indptr[rows[i]]; k < matrix.indptr[rows[i] + 1]; k++) {
      out[base + matrix.indices[k]] = matrix.data[k];
    }
  }
}
