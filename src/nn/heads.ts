import { transpose } from '../graph/ops/layout.js';
import { reshape } from '../graph/ops/shape.js';
import type { Tensor } from '../graph/tensor.js';

/** batch x tokens x dim to batch x heads x tokens x dim/heads. */
export function splitHeads(x: Tensor, heads: number): Tensor {
  const [batch, tokens, dim] = x.shape as [number | string, number, number];
  return transpose(reshape(x, [batch, tokens, heads, dim / heads]), [0, 2, 1, 3]);
}

/** The inverse of `splitHeads`. */
export function joinHeads(x: Tensor): Tensor {
  const [batch, heads, tokens, width] = x.shape as [number | string, number, number, number];
  return reshape(transpose(x, [0, 2, 1, 3]), [batch, tokens, heads * width]);
}
