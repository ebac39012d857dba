import { mul } from '../graph/ops/elementwise.js';
import { transposeLast } from '../graph/ops/layout.js';
import { matmul, linear as project } from '../graph/ops/matrix.js';
import { softmax } from '../graph/ops/normalise.js';
import type { Tensor } from '../graph/tensor.js';
import { joinHeads, splitHeads } from '../nn/heads.js';
import { xavierUniform } from '../nn/init.js';
import { linear } from '../nn/linear.js';
import type { Params } from '../nn/params.js';

/**
 * Multi-head subspace self-attention: a step that compresses the tokens towards learned subspaces, one per head.
 * Query, key and value are the same projection w = U^T z (Yu et al. 2023, "White-Box Transformers via Sparse Rate
 * Reduction", section 2.3).
 * @param z batch x tokens x dim
 */
export function mssa(params: Params, z: Tensor, heads: number): Tensor {
  const dim = z.shape[2] as number;
  const w = splitHeads(project(z, subspaces(params, dim), null), heads);
  const affinity = softmax(mul(matmul(w, transposeLast(w)), 1 / Math.sqrt(dim / heads)));
  return linear(params.at('to_out').at(0), joinHeads(matmul(affinity, w)), dim);
}

/** Every head's subspace, U^T: heads x d_h x dim, the rows of one dim x dim matrix. */
export function subspaces(params: Params, dim: number): Tensor {
  return params.at('qkv').get('weight', [dim, dim], xavierUniform);
}
