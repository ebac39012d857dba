import type { DenseMatrix } from '../io/anndata.js';
import { nearestNeighbours } from './neighbours.js';
import { squaredDistance } from './points.js';

export interface ManifoldScores {
  /** Share of other cells within the reach of some real cell: how plausible they are. */
  readonly precision: number;
  /** Share of real cells within the reach of some other cell: how much of the real variety is met. */
  readonly recall: number;
  /** Mean number of real cells that reach an other cell, over k: precision that outliers cannot lift. */
  readonly density: number;
  /** Share of real cells that have an other cell within their reach. */
  readonly coverage: number;
}

/**
 * Improved precision and recall (Kynkaanniemi and others 2019, eq. 1), density and coverage (Naeem and others 2020, eqs. 4 and
 * 6). The reach of a cell is the distance to its k-th nearest neighbour in its own set.
 * Range: 0 to 1, density 0 upward with 1 expected; higher is better, and the control tells how high is high:
 * coverage of two draws of the same cells is about 1 - 2^-k.
 * Cost: n^2 + m^2 + n m distances of d operations; no memory to speak of.
 * @param real n x d, principal components
 * @param other m x d; fair where m = n
 * @param k neighbours, 5 in this project; less than n and m
 * @throws OptionError where there are not as many
 */
export function manifoldScores(real: DenseMatrix, other: DenseMatrix, k: number): ManifoldScores {
  const realReach = squaredReach(real, k);
  const otherReach = squaredReach(other, k);
  const reached = new Float64Array(other.rows);
  let recalled = 0;
  let covered = 0;
  for (let i = 0; i < real.rows; i++) {
    let isRecalled = false;
    let isCovered = false;
    for (let j = 0; j < other.rows; j++) {
      const limit = Math.max(realReach[i], otherReach[j]);
      const squared = squaredDistance(real, i, other, j, limit);
      if (squared < realReach[i]) {
        reached[j]++;
        isCovered = true;
      }
      if (squared < otherReach[j]) isRecalled = true;
    }
    if (isRecalled) recalled++;
    if (isCovered) covered++;
  }
  return {
    precision: reached.filter((count) => count > 0).length / other.rows,
    recall: recalled / real.rows,
    density: reached.reduce((sum, count) => sum + count, 0) / (k * other.rows),
    coverage: covered / real.rows,
  };
}

/** Squared distance of each point to its k-th nearest neighbour. */
function squaredReach(points: DenseMatrix, k: number): Float64Array {
  const { distances } = nearestNeighbours(points, k);
  return Float64Array.from({ length: points.rows }, (_, row) => distances[(row + 1) * k - 1] ** 2);
}
