import { toCsr } from '../counts/csr.js';
import { OptionError } from '../errors.js';
import type { CsrMatrix, Matrix } from '../io/anndata.js';
import { stream } from '../random/stream.js';

export interface NonNegativeFactors {
  /** cells x k, row-major, 0 or more: how much of each factor a cell has. */
  readonly usage: Float64Array;
  /** k x genes, row-major, 0 or more. */
  readonly factors: Float64Array;
  /** |X - usage factors|^2 / |X|^2, in [0, 1]. */
  readonly residual: number;
}

/** No factor falls to exactly zero for good. */
const LEAST = 1e-12;
const MOST_ROUNDS = 200;
/** Rounds end where the residual falls by less than this share of itself. */
const TOLERANCE = 1e-5;

/**
 * Non-negative matrix factorisation X = usage factors (Lee and Seung 1999) in least squares, by hierarchical alternating
 * least squares: each factor in turn takes its best non-negative value (Cichocki and Phan 2009, algorithm 2), which is
 * what scikit-learn's solver 'cd' does. It starts at random, seeded.
 *
 * Cost a round: 4 k multiplications a stored value, and 2 k^2 (cells + genes).
 * @param matrix cells x genes, 0 or more
 * @param k from 1 to the smaller of cells and genes
 * @throws OptionError for another k, or a value below zero
 */
export function nonNegativeFactors(matrix: Matrix, k: number, seed: number): NonNegativeFactors {
  const cells = toCsr(matrix);
  const most = Math.min(cells.rows, cells.cols);
  if (!(Number.isInteger(k) && k >= 1 && k <= most)) {
    throw new OptionError('factors', `${k} is not a whole number from 1 to ${most}`, 'Ask for fewer factors');
  }
  if (cells.data.some((value) => value < 0)) {
    throw new OptionError('matrix', 'has values below zero', 'Give log-normalised values or counts');
  }
  const norm = dot(cells.data, cells.data);
  const total = dot(cells.data, new Float32Array(cells.data.length).fill(1));
  const scale = Math.sqrt(total / (cells.rows * cells.cols * k));
  const draws = stream(seed, 'nmf');
  const start = (length: number) => Float64Array.from({ length }, () => scale * Math.abs(draws.normal()));
  const usage = start(cells.rows * k);
  // genes x k while they are computed, so that a gene's values lie side by side.
  const loadings = start(cells.cols * k);
  let residual = 1;
  for (let round = 0; round < MOST_ROUNDS; round++) {
    descend(usage, timesLoadings(cells, loadings, k), gram(loadings, k), k);
    const products = timesUsage(cells, usage, k);
    const squares = gram(usage, k);
    descend(loadings, products, squares, k);
    const before = residual;
    residual = Math.max(0, norm - 2 * dot(products, loadings) + dot(squares, gram(loadings, k))) / norm;
    if (before - residual < TOLERANCE * residual) break;
  }
  return { usage, factors: transposed(loadings, cells.cols, k), residual };
}

/** Each column of `a` (n x k) in turn to its minimum of |X - a b'|^2, given X b (n x k) and b' b (k x k). */
function descend(a: Float64Array, products: Float64Array, squares: Float64Array, k: number): void {
  for (let row = 0; row < a.length; row += k) {
    for (let c = 0; c < k; c++) {
      const diagonal = squares[c * k + c];
      if (diagonal < LEAST) continue;
      let gradient = -products[row + c];
      for (let j = 0; j < k; j++) gradient += a[row + j] * squares[c * k + j];
      a[row + c] = Math.max(LEAST, a[row + c] - gradient / diagonal);
    }
  }
}

/** X times loadings (genes x k): cells x k. */
function timesLoadings(
  { rows, indptr, indices, data }: CsrMatrix,
  loadings: Float64Array,
  k: number,
): Float64Array {
  const out = new Float64Array(rows * k);
  for (let row = 0; row < rows; row++) {
    for (let at = indptr[row]; at < indptr[row + 1]; at++) {
      const [value, gene] = [data[at], indices[at] * k];
      for (let c = 0; c < k; c++) out[row * k + c] += value * loadings[gene + c];
    }
  }
  return out;
}

/** X transposed times usage (cells x k): genes x k. */
function timesUsage(
  { rows, cols, indptr, indices, data }: CsrMatrix,
  usage: Float64Array,
  k: number,
): Float64Array {
  const out = new Float64Array(cols * k);
  for (let row = 0; row < rows; row++) {
    for (let at = indptr[row]; at < indptr[row + 1]; at++) {
      const [value, gene] = [data[at], indices[at] * k];
      for (let c = 0; c < k; c++) out[gene + c] += value * usage[row * k + c];
    }
  }
  return out;
}

/** a' a of a (n x k): k x k. */
function gram(a: Float64Array, k: number): Float64Array {
  const out = new Float64Array(k * k);
  for (let row = 0; row < a.length; row += k) {
    for (let i = 0; i < k; i++) {
      const value = a[row + i];
      for (let j = 0; j < k; j++) out[i * k + j] += value * a[row + j];
    }
  }
  return out;
}

function dot(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i] * b[i];
  return sum;
}

function transposed(a: Float64Array, rows: number, cols: number): Float64Array {
  return Float64Array.from({ length: a.length }, (_, at) => a[(at % rows) * cols + Math.floor(at / rows)]);
}
