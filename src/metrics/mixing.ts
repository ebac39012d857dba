import type { DenseMatrix } from '../io/anndata.js';
import { type Neighbours, nearestNeighbours } from './neighbours.js';

const perplexity = 30;
const neighboursPerPerplexity = 3;
/** In nats; the authors' code stops there too. */
const entropyTolerance = 1e-5;
const mostBisections = 200;

/**
 * Local mixing index of two sets (iLISI, Korsunsky and others 2019): the mean over cells of both of 1 / sum p^2, where p are
 * the shares of each set among a cell's neighbours, weighted by exp(-beta d) with beta such that the weights have a perplexity of 30.
 * It looks at 90 neighbours; of fewer cells at all of them, with a third of their number as perplexity. As in the authors'
 * code, the distance is not squared.
 * Range: 1 (apart) to 2 (mixed); higher is better; about 1.9 for two draws of the same cells. Fair for equal numbers only.
 * Cost: (n + m)^2 distances of d operations; 90 (n + m) neighbours in memory.
 * @param real n x d, principal components
 * @param other m x d
 * @throws OptionError of fewer than four cells in all
 */
export function mixingIndex(real: DenseMatrix, other: DenseMatrix): number {
  const cells = real.rows + other.rows;
  const data = new Float32Array(cells * real.cols);
  data.set(real.data);
  data.set(other.data, real.data.length);
  const k = Math.min(neighboursPerPerplexity * perplexity, cells - 1);
  const neighbours = nearestNeighbours({ format: 'dense', rows: cells, cols: real.cols, data }, k);
  const weights = new Float64Array(k);
  let total = 0;
  for (let cell = 0; cell < cells; cell++) {
    fillWeights(weights, neighbours, cell, k / neighboursPerPerplexity);
    let share = 0;
    for (let j = 0; j < k; j++) if (neighbours.indices[cell * k + j] < real.rows) share += weights[j];
    total += 1 / (share ** 2 + (1 - share) ** 2);
  }
  return total / cells;
}

/** Weights exp(-beta d) that add up to 1, their entropy the logarithm of the perplexity as near as can be. */
function fillWeights(weights: Float64Array, neighbours: Neighbours, cell: number, wanted: number): void {
  const { k, distances } = neighbours;
  const nearest = distances[cell * k];
  const spread = distances[(cell + 1) * k - 1] - nearest;
  // Equally far neighbours weigh the same, whatever beta.
  let beta = spread > 0 ? 1 / spread : 0;
  let [low, high] = [0, Number.POSITIVE_INFINITY];
  for (let round = 0; round < mostBisections; round++) {
    let sum = 0;
    let moment = 0;
    for (let j = 0; j < k; j++) {
      const excess = distances[cell * k + j] - nearest;
      weights[j] = Math.exp(-beta * excess);
      sum += weights[j];
      moment += weights[j] * excess;
    }
    for (let j = 0; j < k; j++) weights[j] /= sum;
    const difference = Math.log(sum) + (beta * moment) / sum - Math.log(wanted);
    if (spread === 0 || Math.abs(difference) < entropyTolerance) return;
    if (difference > 0) low = beta;
    else high = beta;
    beta = high === Number.POSITIVE_INFINITY ? 2 * beta : (low + high) / 2;
  }
}
