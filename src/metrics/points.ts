import type { DenseMatrix } from '../io/anndata.js';

/** Dimensions added up between looks at whether a distance has passed its limit. */
const stride = 8;

/**
 * Squared Euclidean distance of row i of `a` and row j of `b`, in float64; once it has passed `limit`, any number above that.
 */
export function squaredDistance(
  a: DenseMatrix,
  i: number,
  b: DenseMatrix,
  j: number,
  limit = Number.POSITIVE_INFINITY,
): number {
  const dims = a.cols;
  const x = a.data;
  const y = b.data;
  let from = i * dims;
  let other = j * dims;
  const end = from + dims;
  let sum = 0;
  while (from < end && sum <= limit) {
    const stop = Math.min(end, from + stride);
    while (from < stop) {
      const difference = x[from++] - y[other++];
      sum += difference * difference;
    }
  }
  return sum;
}

/** The given points, in the given order; a row may be named more than once. */
export function takePoints(points: DenseMatrix, rows: ArrayLike<number>): DenseMatrix {
  const { cols } = points;
  const data = new Float32Array(rows.length * cols);
  for (let i = 0; i < rows.length; i++) {
    data.set(points.data.subarray(rows[i] * cols, (rows[i] + 1) * cols), i * cols);
  }
  return { format: 'dense', rows: rows.length, cols, data };
}
