import type { Tensor } from '../tensor.js';
import { add, div, log, mul, sub } from './elementwise.js';
import { slice, transposeLast } from './layout.js';
import { reshape } from './shape.js';

/**
 * ln det of symmetric positive definite matrices, by eliminating one row and column after another: the sum of the
 * logarithms of the pivots. Each takes a few passes over all matrices, so that they should be small. NaN where a matrix is not
 * positive definite, as its rounding may be where its largest eigenvalue is ten million times its smallest.
 * @param a ... x n x n, n known
 * @returns one number a matrix
 */
export function logDeterminant(a: Tensor): Tensor {
  const rank = a.shape.length;
  const n = a.shape.at(-1) as number;
  const pivots: Tensor[] = [];
  let rest = a;
  for (let i = 0; i < n; i++) {
    const column = slice(rest, rank - 1, i, i + 1);
    const pivot = slice(column, rank - 2, i, i + 1);
    pivots.push(log(pivot));
    if (i + 1 < n) rest = sub(rest, mul(column, div(transposeLast(column), pivot)));
  }
  return reshape(
    pivots.reduce((sum, pivot) => add(sum, pivot)),
    a.shape.slice(0, -2),
  );
}
