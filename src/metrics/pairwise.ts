import type { DenseMatrix } from '../io/anndata.js';
import { squaredDistance, takePoints } from './points.js';

/** Means of a function of the distance over pairs of different cells, within each of two sets and between them. */
export interface PairMeans {
  readonly withinReal: number;
  readonly withinOther: number;
  readonly between: number;
}

/** A function of the squared distance of two cells. */
export type PairFunction = (squared: number) => number;

/** Stored pairs may take this many bytes; beyond that they are computed anew. */
const mostStoredBytes = 160e6;

/**
 * Every pair of n real and m other cells, one after another.
 * Cost: (n + m)^2 / 2 distances of d operations; no memory.
 * @param real n x d
 * @param other m x d
 */
export function pairMeans(real: DenseMatrix, other: DenseMatrix, f: PairFunction): PairMeans {
  return {
    withinReal: meanWithin(real, f),
    withinOther: meanWithin(other, f),
    between: meanBetween(real, other, f),
  };
}

/**
 * The same for subsets of the cells, as a resampling needs it: a function of rows of `real` and rows of `other`.
 * Cost: where all pairs fit in 160 MB (about 3,600 cells a side) they are computed once, in float32, and each call only looks
 * them up; else each call computes its own.
 */
export function pairMeansOfRows(
  real: DenseMatrix,
  other: DenseMatrix,
  f: PairFunction,
): (realRows: Int32Array, otherRows: Int32Array) => PairMeans {
  const pairs = real.rows ** 2 + other.rows ** 2 + real.rows * other.rows;
  if (pairs * Float32Array.BYTES_PER_ELEMENT > mostStoredBytes) {
    return (realRows, otherRows) => pairMeans(takePoints(real, realRows), takePoints(other, otherRows), f);
  }
  const withinReal = storePairs(real, real, f);
  const withinOther = storePairs(other, other, f);
  const between = storePairs(real, other, f);
  return (realRows, otherRows) => ({
    withinReal: meanOfDifferent(withinReal, real.rows, realRows),
    withinOther: meanOfDifferent(withinOther, other.rows, otherRows),
    between: sumStored(between, other.rows, realRows, otherRows) / (realRows.length * otherRows.length),
  });
}

function meanWithin(points: DenseMatrix, f: PairFunction): number {
  let total = 0;
  for (let i = 1; i < points.rows; i++) {
    let sum = 0;
    for (let j = 0; j < i; j++) sum += f(squaredDistance(points, i, points, j));
    total += sum;
  }
  return (2 * total) / (points.rows * (points.rows - 1));
}

function meanBetween(a: DenseMatrix, b: DenseMatrix, f: PairFunction): number {
  let total = 0;
  for (let i = 0; i < a.rows; i++) {
    let sum = 0;
    for (let j = 0; j < b.rows; j++) sum += f(squaredDistance(a, i, b, j));
    total += sum;
  }
  return total / (a.rows * b.rows);
}

/** a.rows x b.rows, row-major. */
function storePairs(a: DenseMatrix, b: DenseMatrix, f: PairFunction): Float32Array {
  const pairs = new Float32Array(a.rows * b.rows);
  for (let i = 0, at = 0; i < a.rows; i++) {
    for (let j = 0; j < b.rows; j++) pairs[at++] = f(squaredDistance(a, i, b, j));
  }
  return pairs;
}

/** Mean over pairs of different rows; the rows themselves are all different. */
function meanOfDifferent(pairs: Float32Array, cols: number, rows: Int32Array): number {
  let diagonal = 0;
  for (const row of rows) diagonal += pairs[row * cols + row];
  return (sumStored(pairs, cols, rows, rows) - diagonal) / (rows.length * (rows.length - 1));
}

function sumStored(pairs: Float32Array, cols: number, rows: Int32Array, columns: Int32Array): number {
  let total = 0;
  for (const row of rows) {
    const base = row * cols;
    for (let j = 0; j < columns.length; j++) total += pairs[base + columns[j]];
  }
  return total;
}
