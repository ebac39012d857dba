import { librarySizes } from '../counts/library-size.js';
import type { CsrMatrix } from '../io/anndata.js';
import type { CellProfile, Evaluation } from './evaluation.js';

/**
 * Library size (total counts; null of log-normalised values) and number of genes above zero of every cell.
 * Cost: nnz operations.
 * @param matrix cells x genes
 */
export function cellProfile(matrix: CsrMatrix, values: Evaluation['values']): CellProfile {
  const genesPerCell = new Float32Array(matrix.rows);
  for (let cell = 0; cell < matrix.rows; cell++) {
    for (let at = matrix.indptr[cell]; at < matrix.indptr[cell + 1]; at++) {
      if (matrix.data[at] > 0) genesPerCell[cell]++;
    }
  }
  const librarySize = values === 'counts' ? Float32Array.from(librarySizes(matrix)) : null;
  return { librarySize, genesPerCell };
}

/**
 * Kolmogorov and Smirnov's two-sample statistic: the largest difference of the two distribution functions, as of library sizes
 * or genes per cell.
 * Range: 0 to 1; lower is better; about 0.87 sqrt(2/n) for two draws of n of the same cells. Cost: n log n operations.
 */
export function kolmogorovSmirnov(a: ArrayLike<number>, b: ArrayLike<number>): number {
  const x = Float64Array.from(a).sort();
  const y = Float64Array.from(b).sort();
  let largest = 0;
  for (let i = 0, j = 0; i < x.length && j < y.length; ) {
    const value = Math.min(x[i], y[j]);
    while (i < x.length && x[i] === value) i++;
    while (j < y.length && y[j] === value) j++;
    largest = Math.max(largest, Math.abs(i / x.length - j / y.length));
  }
  return largest;
}
