import { rowBlocks } from './cell-rows.js';
import type { StoredCells } from './preprocessing.js';

/** What the cells say of each gene before any model: where a count readout starts. */
export interface CountMoments {
  /** Natural log of the gene's share of all molecules. */
  readonly logProportions: Float64Array;
  /** Inverse dispersion by the method of moments, in [0.01, 1000]. */
  readonly theta: Float64Array;
}

const LEAST_THETA = 0.01;
const MOST_THETA = 1000;

/**
 * With one proportion p_g for all cells, mu = l_i p_g and var = mu + mu^2 / theta_g, so
 * theta_g = sum mu^2 / (sum (x - mu)^2 - mu). Differences between cell types count as dispersion here, which a decoder
 * takes back as it learns them; starting near Poisson instead leaves too few zeros for thousands of steps.
 */
export function countMoments({ values, librarySize }: StoredCells): CountMoments {
  const { rows, cols } = values;
  const totals = new Float64Array(cols).fill(1 / rows);
  for (const { indices, data } of rowBlocks(values)) {
    for (let k = 0; k < indices.length; k++) totals[indices[k]] += data[k];
  }
  const all = totals.reduce((sum, total) => sum + total, 0);
  const proportions = totals.map((total) => total / all);

  let sizes = 0;
  let squaredSizes = 0;
  for (const size of librarySize) {
    sizes += size;
    squaredSizes += size * size;
  }
  // sum (x - mu)^2 over all cells, zeros included: sum mu^2 + sum over the stored x of x^2 - 2 x mu.
  const squares = proportions.map((p) => squaredSizes * p * p);
  const excess = squares.map((square, gene) => square - sizes * proportions[gene]);
  let cell = 0;
  for (const { rows: own, indptr, indices, data } of rowBlocks(values)) {
    for (let row = 0; row < own; row++, cell++) {
      for (let k = indptr[row]; k < indptr[row + 1]; k++) {
        const gene = indices[k];
        excess[gene] += data[k] * (data[k] - 2 * librarySize[cell] * proportions[gene]);
      }
    }
  }
  return {
    logProportions: proportions.map(Math.log),
    theta: excess.map((value, gene) =>
      Math.min(MOST_THETA, Math.max(LEAST_THETA, value > 0 ? squares[gene] / value : MOST_THETA)),
    ),
  };
}
