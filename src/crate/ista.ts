import { relu } from '../graph/ops/activation.js';
import { add, mul, sub } from '../graph/ops/elementwise.js';
import { gemm, linear } from '../graph/ops/matrix.js';
import { reshape } from '../graph/ops/shape.js';
import type { Dim, Tensor } from '../graph/tensor.js';
import { kaimingUniform } from '../nn/init.js';
import type { Params } from '../nn/params.js';

/** Step size and sparsity penalty of the published models. */
const ETA = 0.1;
const LAMBDA = 0.1;

/**
 * One step of the iterative shrinkage-thresholding algorithm on a square dictionary D:
 * ReLU(y + eta D^T (y - D y) - eta lambda) (Yu et al. 2023, equation 17). Factoring D^T out saves a third of the
 * products of D^T y - D^T D y.
 * @param y batch x tokens x dim
 * @returns sparse and non-negative, batch x tokens x dim
 */
export function ista(params: Params, y: Tensor): Tensor {
  const dim = y.shape[2] as number;
  const dictionary = params.get('weight', [dim, dim], kaimingUniform);
  const residual = sub(y, linear(y, dictionary, null));
  return relu(add(y, sub(mul(timesDictionary(residual, dictionary), ETA), ETA * LAMBDA)));
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
  const first = relu(sub(mul(linear(x, transposed, null), ETA), ETA * LAMBDA));
  const residual = sub(x, timesDictionary(first, transposed));
  return relu(add(first, sub(mul(linear(residual, transposed, null), ETA), ETA * LAMBDA)));
}

/** a W on the last axis, W being stored as in a linear layer: the adjoint of that layer. */
function timesDictionary(a: Tensor, weight: Tensor): Tensor {
  const [batch, tokens] = a.shape;
  const [rows, width] = weight.shape as [number, number];
  const flat: Dim = typeof batch === 'number' ? batch * (tokens as number) : `${batch}*${tokens}`;
  return reshape(gemm(reshape(a, [flat, rows]), weight), [batch, tokens, width]);
}
