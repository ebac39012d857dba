import { DataError } from '../errors.js';
import type { Neighbours } from '../metrics/neighbours.js';
import { sharedFloat32, sharedInt32 } from './shared-arrays.js';

/** Symmetric joint probabilities p_ij of t-SNE in compressed sparse rows; they sum to 1, the diagonal is empty. */
export interface Affinities {
  readonly cells: number;
  /** cells + 1 offsets into `indices` and `values`. */
  readonly indptr: Int32Array;
  /** Ascending within a row. */
  readonly indices: Int32Array;
  readonly values: Float32Array;
}

/** Entropies are matched to this, in nats. */
const entropyTolerance = 1e-6;
const mostBisections = 100;

/**
 * Joint probabilities of t-SNE (van der Maaten and Hinton 2008, eqs. 1 and 4) over each cell's nearest neighbours: Gaussian
 * p_j|i whose width gives every cell the same perplexity, then p_ij = (p_j|i + p_i|j) / 2n.
 * @param neighbours of each cell, itself not among them
 * @param perplexity effective number of neighbours, in [1, k)
 * @throws DataError where there are too few neighbours for it
 */
export function affinities({ indices, distances, k }: Neighbours, perplexity: number): Affinities {
  if (!(perplexity >= 1 && perplexity < k)) {
    throw new DataError(
      'the neighbours',
      `${k} of them a cell cannot have a perplexity of ${perplexity}`,
      'Give more neighbours or a smaller perplexity',
    );
  }
  const cells = indices.length / k;
  const conditional = new Float64Array(indices.length);
  for (let cell = 0; cell < cells; cell++) fillConditional(conditional, distances, cell * k, k, perplexity);
  return symmetrise(indices, conditional, cells, k);
}

/** One cell's p_j|i: its precision is found by bisection of the entropy, which falls as the precision grows. */
function fillConditional(
  out: Float64Array,
  distances: Float64Array,
  start: number,
  k: number,
  perplexity: number,
): void {
  const wanted = Math.log(perplexity);
  let nearest = Number.POSITIVE_INFINITY;
  let total = 0;
  for (let j = 0; j < k; j++) {
    const squared = distances[start + j] ** 2;
    nearest = Math.min(nearest, squared);
    total += squared;
  }
  // Neighbours that are all equally far have the entropy ln k whatever the precision.
  const spread = total / k - nearest;
  let precision = spread > 0 ? 1 / spread : 1;
  let [low, high] = [0, Number.POSITIVE_INFINITY];
  for (let round = 0; round < mostBisections; round++) {
    let sum = 0;
    let weighted = 0;
    for (let j = 0; j < k; j++) {
      const excess = distances[start + j] ** 2 - nearest;
      const p = Math.exp(-precision * excess);
      out[start + j] = p;
      sum += p;
      weighted += p * excess;
    }
    for (let j = 0; j < k; j++) out[start + j] /= sum;
    const entropy = Math.log(sum) + (precision * weighted) / sum;
    if (spread <= 0 || Math.abs(entropy - wanted) < entropyTolerance) return;
    if (entropy > wanted) low = precision;
    else high = precision;
    precision = high === Number.POSITIVE_INFINITY ? 2 * precision : (low + high) / 2;
  }
}

function symmetrise(indices: Int32Array, conditional: Float64Array, cells: number, k: number): Affinities {
  const incoming = incomingEdges(indices, cells, k);
  const sums = new Float64Array(cells);
  const rows: Int32Array[] = [];
  const indptr = sharedInt32(cells + 1);
  for (let cell = 0; cell < cells; cell++) {
    const own = indices.subarray(cell * k, (cell + 1) * k);
    const others = incoming.from.subarray(incoming.indptr[cell], incoming.indptr[cell + 1]);
    rows.push(Int32Array.from(new Set([...own, ...others])).sort());
    indptr[cell + 1] = indptr[cell] + rows[cell].length;
  }
  const columns = sharedInt32(indptr[cells]);
  const values = sharedFloat32(indptr[cells]);
  for (let cell = 0; cell < cells; cell++) {
    for (let edge = cell * k; edge < (cell + 1) * k; edge++) sums[indices[edge]] += conditional[edge];
    for (let e = incoming.indptr[cell]; e < incoming.indptr[cell + 1]; e++) {
      sums[incoming.from[e]] += conditional[incoming.edge[e]];
    }
    columns.set(rows[cell], indptr[cell]);
    rows[cell].forEach((other, position) => {
      values[indptr[cell] + position] = sums[other] / (2 * cells);
      sums[other] = 0;
    });
  }
  return { cells, indptr, indices: columns, values };
}

/** The transpose of the neighbour lists: who has each cell as a neighbour, and at which place of `indices`. */
function incomingEdges(indices: Int32Array, cells: number, k: number) {
  const indptr = new Int32Array(cells + 1);
  for (const other of indices) indptr[other + 1]++;
  for (let cell = 0; cell < cells; cell++) indptr[cell + 1] += indptr[cell];
  const next = indptr.slice();
  const from = new Int32Array(indices.length);
  const edge = new Int32Array(indices.length);
  indices.forEach((other, at) => {
    from[next[other]] = Math.floor(at / k);
    edge[next[other]++] = at;
  });
  return { indptr, from, edge };
}
