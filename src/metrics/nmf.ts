import { toCsr, transposeCsr } from '../counts/csr.js';
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
 * Cost a round: 2 k multiplications a stored value, and 1.5 k^2 (cells + genes).
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
  const genes = transposeCsr(cells);
  let squares = gram(loadings, k);
  let residual = 1;
  for (let round = 0; round < MOST_ROUNDS; round++) {
    descend(usage, times(cells, loadings, k), squares, k);
    const products = times(genes, usage, k);
    const usageSquares = gram(usage, k);
    descend(loadings, products, usageSquares, k);
    squares = gram(loadings, k);
    const before = residual;
    residual = Math.max(0, norm - 2 * dot(products, loadings) + dot(usageSquares, squares)) / norm;
    if (before - residual < TOLERANCE * residual) break;
  }
  return { usage, factors: transposed(loadings, cells.cols, k), residual };
}

/** Each column of `a` (n x k) in turn to its minimum of |X - a b'|^2, given X b (n x k) and b' b (k x k). */
function descend(a: Float64Array, products: Float64Array, squares: Float64Array, k: number): void {
  for (let row = 0; row < a.length; row += k) {
    const own = a.subarray(row, row + k);
    for (let c = 0; c < k; c++) {
      const diagonal = squares[c * k + c];
      if (diagonal < LEAST) continue;
      const others = dot(own, squares.subarray(c * k, (c + 1) * k));
      own[c] = Math.max(LEAST, own[c] - (others - products[row + c]) / diagonal);
    }
  }
}

/**
 * X b (n x k) of X (n x m) and b (m x k). Four stored values at a time: their sum then passes through memory once.
 */
function times({ rows, indptr, indices, data }: CsrMatrix, b: Float64Array, k: number): Float64Array {
  const out = new Float64Array(rows * k);
  for (let row = 0; row < rows; row++) {
    const [to, end] = [row * k, indptr[row + 1]];
    let at = indptr[row];
    for (; at + 3 < end; at += 4) {
      const [v0, v1, v2, v3] = [data[at], data[at + 1], data[at + 2], data[at + 3]];
      const [b0, b1] = [indices[at] * k, indices[at + 1] * k];
      const [b2, b3] = [indices[at + 2] * k, indices[at + 3] * k];
      for (let c = 0; c < k; c++) {
        out[to + c] += v0 * b[b0 + c] + v1 * b[b1 + c] + v2 * b[b2 + c] + v3 * b[b3 + c];
      }
    }
    for (; at < end; at++) {
      const [value, from] = [data[at], indices[at] * k];
      for (let c = 0; c < k; c++) out[to + c] += value * b[from + c];
    }
  }
  return out;
}

/** a' a of a (n x k): k x k. Columns are laid side by side first, since a sum along them is then one pass. */
function gram(a: Float64Array, k: number): Float64Array {
  const n = a.length / k;
  const columns = transposed(a, n, k);
  const out = new Float64Array(k * k);
  for (let i = 0; i < k; i++) {
    for (let j = 0; j <= i; j++) {
      const value = dot(columns.subarray(i * n, (i + 1) * n), columns.subarray(j * n, (j + 1) * n));
      out[i * k + j] = value;
      out[j * k + i] = value;
    }
  }
  return out;
}

/** In four sums, which do not wait for each other. */
function dot(a: Float32Array | Float64Array, b: Float32Array | Float64Array): number {
  let [s0, s1, s2, s3] = [0, 0, 0, 0];
  let i = 0;
  for (; i + 3 < a.length; i += 4) {
    s0 += a[i] * b[i];
    s1 += a[i + 1] * b[i + 1];
    s2 += a[i + 2] * b[i + 2];
    s3 += a[i + 3] * b[i + 3];
  }
  for (; i < a.length; i++) s0 += a[i] * b[i];
  return s0 + s1 + s2 + s3;
}

/** Of a (rows x cols), cols x rows. */
function transposed(a: Float64Array, rows: number, cols: number): Float64Array {
  const out = new Float64Array(a.length);
  for (let row = 0; row < rows; row++) {
    for (let col = 0; col < cols; col++) out[col * rows + row] = a[row * cols + col];
  }
  return out;
}
