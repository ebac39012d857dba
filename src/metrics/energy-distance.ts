import type { DenseMatrix } from '../io/anndata.js';
import { type PairMeans, pairMeans, pairMeansOfRows } from './pairwise.js';

/**
 * Energy distance 2 E|x - y| - E|x - x'| - E|y - y'| (Szekely and Rizzo 2013, eq. 5), with means over pairs of different
 * cells, so that it is unbiased as `mmd` is. Euclidean norms, no square root of the whole.
 * Range: a little below 0 upward, in units of the points; lower is better; 0 expected for two draws of the same cells.
 * Cost: (n + m)^2 / 2 distances of d operations; no memory.
 * @param real n x d, such as principal components
 * @param other m x d
 */
export function energyDistance(real: DenseMatrix, other: DenseMatrix): number {
  return energy(pairMeans(real, other, Math.sqrt));
}

/** `energyDistance` of subsets of the cells, given as rows; see `pairMeansOfRows` for its cost. */
export function energyDistanceOfRows(
  real: DenseMatrix,
  other: DenseMatrix,
): (realRows: Int32Array, otherRows: Int32Array) => number {
  const means = pairMeansOfRows(real, other, Math.sqrt);
  return (realRows, otherRows) => energy(means(realRows, otherRows));
}

function energy({ withinReal, withinOther, between }: PairMeans): number {
  return 2 * between - withinReal - withinOther;
}
