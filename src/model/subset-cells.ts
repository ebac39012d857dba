import { selectColumns, selectRows } from '../counts/csr.js';
import type { AnnData, Column, DataFrame, DenseMatrix, Matrix } from '../io/anndata.js';

/**
 * The given cells with all that belongs to them, of graphs the edges among them; genes and `uns` stay whole.
 * @param rows distinct row numbers, in the order wanted
 */
export function subsetCells(data: AnnData, rows: Int32Array): AnnData {
  return {
    ...data,
    X: data.X && subsetMatrix(data.X, rows),
    obs: subsetFrame(data.obs, rows),
    layers: mapValues(data.layers, (layer) => subsetMatrix(layer, rows)),
    obsm: mapValues(data.obsm, (matrix) => subsetDense(matrix, rows)),
    obsp: mapValues(data.obsp, (matrix) => subsetPairs(matrix, rows)),
    raw: data.raw && { ...data.raw, X: subsetMatrix(data.raw.X, rows) },
  };
}

/** The given rows, in the order wanted. */
export const subsetMatrix = (matrix: Matrix, rows: Int32Array): Matrix =>
  matrix.format === 'csr' ? selectRows(matrix, rows) : subsetDense(matrix, rows);

function subsetPairs(matrix: Matrix, cells: Int32Array): Matrix {
  const rows = subsetMatrix(matrix, cells);
  if (rows.format === 'csr') return selectColumns(rows, cells);
  const data = rows.data.slice(0, cells.length ** 2);
  for (let i = 0; i < cells.length; i++) {
    for (let j = 0; j < cells.length; j++) data[i * cells.length + j] = rows.data[i * rows.cols + cells[j]];
  }
  return { format: 'dense', rows: cells.length, cols: cells.length, data };
}

function subsetDense(matrix: DenseMatrix, rows: Int32Array): DenseMatrix {
  const { cols } = matrix;
  const length = rows.length * cols;
  const data = matrix.data instanceof Float64Array ? new Float64Array(length) : new Float32Array(length);
  rows.forEach((row, i) => {
    data.set(matrix.data.subarray(row * cols, (row + 1) * cols), i * cols);
  });
  return { format: 'dense', rows: rows.length, cols, data };
}

/** The given rows of a frame, in the order wanted. */
export function subsetFrame(frame: DataFrame, rows: Int32Array): DataFrame {
  return {
    index: Array.from(rows, (row) => frame.index[row]),
    columns: mapValues(frame.columns, (column) => subsetColumn(column, rows)),
  };
}

/** Categories that no cell is left in are kept, so that both halves of a split name the same ones. */
function subsetColumn(column: Column, rows: Int32Array): Column {
  switch (column.kind) {
    case 'categorical':
      return { ...column, codes: rows.map((row) => column.codes[row]) };
    case 'numeric':
      return { ...column, values: Float64Array.from(rows, (row) => column.values[row]) };
    case 'string':
      return { ...column, values: Array.from(rows, (row) => column.values[row]) };
    case 'boolean':
      return { ...column, values: Array.from(rows, (row) => column.values[row]) };
  }
}

function mapValues<K, V>(map: ReadonlyMap<K, V>, change: (value: V) => V): ReadonlyMap<K, V> {
  return new Map([...map].map(([key, value]) => [key, change(value)]));
}
