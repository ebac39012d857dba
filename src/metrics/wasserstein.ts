import type { CsrMatrix, DenseMatrix } from '../io/anndata.js';
import { stream } from '../random/stream.js';
import { geneValues, sortedGene } from './gene-values.js';

/**
 * Exact 1-Wasserstein distance of every gene, real against other: the area between the two distribution functions, which is the
 * mean distance of equal quantiles (Villani 2003, section 2.2). The figure reported is its mean over genes.
 * Range: 0 upward, in units of the values; lower is better; above 0 for two draws of the same cells, so read it by the control.
 * Cost: nnz log(cells) + genes x cells operations; a copy of the stored values.
 * @param real n cells x genes, log-normalised
 * @param other m cells x the same genes
 * @returns per gene
 */
export function wassersteinPerGene(real: CsrMatrix, other: CsrMatrix): Float64Array {
  const [realValues, otherValues] = [geneValues(real), geneValues(other)];
  const x = new Float64Array(real.rows);
  const y = new Float64Array(other.rows);
  return Float64Array.from({ length: real.cols }, (_, gene) => {
    sortedGene(realValues, gene, x);
    sortedGene(otherValues, gene, y);
    return transportCost(x, y, Math.abs);
  });
}

/**
 * Sliced 2-Wasserstein distance (Bonneel and others 2015): the root of the mean over directions of the squared 1-D distance of
 * the projected points.
 * Range: 0 upward, in units of the points; lower is better; above 0 for two draws of the same cells, so read it by the control.
 * Cost: directions x (n + m) (d + log n) operations.
 * @param real n x d, such as principal components
 * @param other m x d
 * @param directions count x d, unit rows, by `unitDirections`
 */
export function slicedWasserstein(real: DenseMatrix, other: DenseMatrix, directions: DenseMatrix): number {
  let total = 0;
  for (let direction = 0; direction < directions.rows; direction++) {
    const x = project(real, directions, direction).sort();
    const y = project(other, directions, direction).sort();
    total += transportCost(x, y, square);
  }
  return Math.sqrt(total / directions.rows);
}

/** Directions uniform on the sphere, count x dims, of length 1. */
export function unitDirections(count: number, dims: number, seed: number): DenseMatrix {
  const data = new Float64Array(count * dims);
  for (let direction = 0; direction < count; direction++) {
    const draws = stream(seed, 'sliced Wasserstein', direction);
    const own = data.subarray(direction * dims, (direction + 1) * dims);
    for (let d = 0; d < dims; d++) own[d] = draws.normal();
    const norm = Math.hypot(...own);
    for (let d = 0; d < dims; d++) own[d] /= norm;
  }
  return { format: 'dense', rows: count, cols: dims, data };
}

const square = (difference: number) => difference * difference;

/** Mean cost of moving one sorted sample onto another, quantile to quantile; each x weighs 1/n, each y 1/m. */
function transportCost(x: Float64Array, y: Float64Array, cost: (difference: number) => number): number {
  const [n, m] = [x.length, y.length];
  let total = 0;
  // In units of 1 / (n m) every mass is a whole number.
  let left = m;
  let wanted = n;
  for (let i = 0, j = 0; i < n && j < m; ) {
    const mass = Math.min(left, wanted);
    total += mass * cost(x[i] - y[j]);
    left -= mass;
    wanted -= mass;
    if (left === 0) {
      i++;
      left = m;
    }
    if (wanted === 0) {
      j++;
      wanted = n;
    }
  }
  return total / (n * m);
}

function project(points: DenseMatrix, directions: DenseMatrix, direction: number): Float64Array {
  const { cols, data } = points;
  const own = directions.data.subarray(direction * cols, (direction + 1) * cols);
  const projected = new Float64Array(points.rows);
  for (let row = 0; row < points.rows; row++) {
    let sum = 0;
    for (let d = 0; d < cols; d++) sum += data[row * cols + d] * own[d];
    projected[row] = sum;
  }
  return projected;
}
