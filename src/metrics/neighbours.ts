import { OptionError } from '../errors.js';
import type { DenseMatrix } from '../io/anndata.js';
import { squaredDistance } from './points.js';

/** For each query the k nearest points, the nearest first; of equally near ones the first. */
export interface Neighbours {
  readonly k: number;
  /** queries x k, row-major: rows of the points searched. */
  readonly indices: Int32Array;
  /** queries x k, row-major, Euclidean. */
  readonly distances: Float64Array;
}

/** Points compared with every query before the next ones: a block stays in the cache. */
const blockSize = 512;

/**
 * Exact k nearest neighbours of each point among the others of its own set; itself is left out, equal points are not.
 * Cost: n^2 d / 2 to n^2 d operations, less where the first dimensions hold most of the distance; n x k memory.
 * @param points n x d
 * @param k from 1 to n - 1
 * @throws OptionError for another k
 */
export function nearestNeighbours(points: DenseMatrix, k: number): Neighbours {
  return search(points, points, k, true);
}

/**
 * Exact k nearest neighbours of each query among other points.
 * Cost: up to queries x points x d operations; queries x k memory.
 * @param queries m x d
 * @param points n x d
 * @param k from 1 to n
 * @throws OptionError for another k
 */
export function nearestNeighboursAmong(queries: DenseMatrix, points: DenseMatrix, k: number): Neighbours {
  return search(queries, points, k, false);
}

function search(queries: DenseMatrix, points: DenseMatrix, k: number, within: boolean): Neighbours {
  const most = within ? points.rows - 1 : points.rows;
  if (!(Number.isInteger(k) && k >= 1 && k <= most)) {
    throw new OptionError(
      'k',
      `${k} neighbours were asked for, and there are ${Math.max(0, most)} to choose from`,
      'Ask for fewer neighbours, or give more cells',
    );
  }
  const indices = new Int32Array(queries.rows * k).fill(-1);
  const squared = new Float64Array(queries.rows * k).fill(Number.POSITIVE_INFINITY);
  for (let start = 0; start < points.rows; start += blockSize) {
    const end = Math.min(points.rows, start + blockSize);
    for (let query = 0; query < queries.rows; query++) {
      scanBlock(queries, points, query, start, end, within ? query : -1, k, indices, squared);
    }
  }
  return { k, indices, distances: squared.map(Math.sqrt) };
}

/** Takes the points from `start` to `end` into the sorted list of one query's nearest ones. */
function scanBlock(
  queries: DenseMatrix,
  points: DenseMatrix,
  query: number,
  start: number,
  end: number,
  excluded: number,
  k: number,
  indices: Int32Array,
  squared: Float64Array,
): void {
  const first = query * k;
  const last = first + k - 1;
  for (let point = start; point < end; point++) {
    if (point === excluded) continue;
    const distance = squaredDistance(queries, query, points, point, squared[last]);
    if (!(distance < squared[last])) continue;
    let at = last;
    for (; at > first && squared[at - 1] > distance; at--) {
      squared[at] = squared[at - 1];
      indices[at] = indices[at - 1];
    }
    squared[at] = distance;
    indices[at] = point;
  }
}
