import type { CsrMatrix } from '../io/anndata.js';

/** Sum of each row, float64: the cells' library sizes where `matrix` holds counts. */
export function librarySizes(matrix: CsrMatrix): Float64Array {
  const totals = new Float64Array(matrix.rows);
  for (let row = 0; row < matrix.rows; row++) {
    let total = 0;
    for (let k = matrix.indptr[row]; k < matrix.indptr[row + 1]; k++) total += matrix.data[k];
    totals[row] = total;
  }
  return totals;
}

/** The middle value, or the mean of the two middle ones; NaN of nothing. */
export function median(values: ArrayLike<number>): number {
  if (values.length === 0) return Number.NaN;
  const sorted = Float64Array.from(values).sort();
  const half = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2;
}

/** Median over the cells that have any counts; NaN when none has. */
export function medianLibrarySize(totals: Float64Array): number {
  return median(totals.filter((total) => total > 0));
}

/**
 * Scales every cell to `targetSum` counts; a cell without counts stays zero.
 * @param totals library size of each cell, which may count genes that `matrix` lacks
 */
export function normaliseTotal(
  matrix: CsrMatrix,
  targetSum: number,
  totals: Float64Array = librarySizes(matrix),
): CsrMatrix {
  const data = new Float32Array(matrix.data.length);
  for (let row = 0; row < matrix.rows; row++) {
    const factor = totals[row] > 0 ? targetSum / totals[row] : 0;
    for (let k = matrix.indptr[row]; k < matrix.indptr[row + 1]; k++) data[k] = matrix.data[k] * factor;
  }
  return { ...matrix, data };
}

/** ln(1 + x) of every value. */
export function log1p(matrix: CsrMatrix): CsrMatrix {
  return { ...matrix, data: new Float32Array(matrix.data).map(Math.log1p) };
}

/** exp(x) - 1 of every value, the inverse of `log1p`. */
export function expm1(matrix: CsrMatrix): CsrMatrix {
  return { ...matrix, data: new Float32Array(matrix.data).map(Math.expm1) };
}
