import { relu } from '../graph/ops/activation.js';
import { add, mul, sub } from '../graph/ops/elementwise.js';
import { transposeLast } from '../graph/ops/layout.js';
import { gemm, linear, onRows } from '../graph/ops/matrix.js';
import { constant, type Tensor } from '../graph/tensor.js';
import { kaimingUniform } from '../nn/init.js';
import type { Params } from '../nn/params.js';

/** Step size of the published models. */
const ETA = 0.1;
/** Sparsity penalty of the published models. */
export const LAMBDA = 0.1;

/** A function of tokens, batch x tokens x dim. */
export type TokenCode = (y: Tensor) => Tensor;

/**
 * One step of the iterative shrinkage-thresholding algorithm on a square dictionary D:
 * ReLU(y + eta D^T (y - D y) - eta lambda) (Yu et al. 2023, equation 17). Factoring D^T out saves a third of the
 * products of D^T y - D^T D y; for many tokens, I + eta (D^T - D^T D) is made first and leaves one of three.
 * @param tokens how many there are in all; null where that is not known
 * @returns the sparse and non-negative code of any of them
 */
export function ista(params: Params, dim: number, tokens: number | null): TokenCode {
  const dictionary = params.get('weight', [dim, dim], kaimingUniform);
  const threshold = constantRow(dim, -ETA * LAMBDA);
  // Below that many the product of the dictionary with itself costs more than it saves.
  if (tokens !== null && tokens >= 2 * dim) {
    const descent = sub(transposeLast(dictionary), gemm(dictionary, dictionary, { transA: true }));
    const step = add(identity(dim), mul(descent, ETA));
    return (y) => relu(linear(y, step, threshold));
  }
  return (y) => {
    const residual = onRows(y, (rows) => gemm(rows, dictionary, { transB: true, scale: -1, plus: rows }));
    return relu(
      add(
        y,
        onRows(residual, (rows) => gemm(rows, dictionary, { scale: ETA, plus: threshold })),
      ),
    );
  };
}

/**
 * Two steps of the same algorithm from zero on an overcomplete dictionary D of `atoms` atoms, the sparse coding of
 * CRATE-alpha (Yang et al. 2024, "Scaling White-Box Transformers for Vision"):
 * a1 = ReLU(eta D^T x - eta lambda); a2 = ReLU(a1 - eta D^T (D a1 - x) - eta lambda).
 * @param x batch x tokens x dim
 * @returns the code a2, sparse and non-negative, batch x tokens x atoms
 */
export function sparseCode(params: Params, x: Tensor, atoms: number): Tensor {
  const dim = x.shape[2] as number;
  const transposed = params.get('weight', [atoms, dim], kaimingUniform);
  const threshold = constantRow(atoms, -ETA * LAMBDA);
  const code = (rows: Tensor) => gemm(rows, transposed, { transB: true, scale: ETA, plus: threshold });
  return onRows(x, (rows) => {
    const first = relu(code(rows));
    const residual = gemm(first, transposed, { scale: -1, plus: rows });
    return relu(add(first, code(residual)));
  });
}

const constantRow = (width: number, value: number): Tensor =>
  constant(new Float32Array(width).fill(value), [width]);

function identity(size: number): Tensor {
  const data = new Float32Array(size * size);
  for (let i = 0; i < size; i++) data[i * (size + 1)] = 1;
  return constant(data, [size, size]);
}
