import { constant, type Tensor } from '../tensor.js';
import { add, div, log, mul, sub } from './elementwise.js';
import { transposeLast } from './layout.js';
import { matmul } from './matrix.js';
import { reshape } from './shape.js';

/**
 * ln det of symmetric positive definite matrices, by eliminating one row and column after another: the sum of the
 * logarithms of the pivots. Each takes a few passes over all matrices, so that they should be small.
 * @param a ... x n x n, n known
 * @returns one number a matrix
 */
export function logDeterminant(a: Tensor): Tensor {
  const n = a.shape.at(-1) as number;
  const pivots: Tensor[] = [];
  let rest = a;
  for (let i = 0; i < n; i++) {
    const unit = Float32Array.from({ length: n }, (_, k) => Number(k === i));
    const column = matmul(rest, constant(unit, [n, 1]));
    const pivot = matmul(constant(unit, [1, n]), column);
    pivots.push(log(pivot));
    if (i + 1 < n) rest = sub(rest, mul(column, div(transposeLast(column), pivot)));
  }
  return reshape(
    pivots.reduce((sum, pivot) => add(sum, pivot)),
    a.shape.slice(0, -2),
  );
}
