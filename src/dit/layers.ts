import { gelu } from '../graph/ops/activation.js';
import { mul } from '../graph/ops/elementwise.js';
import { split, transposeLast } from '../graph/ops/layout.js';
import { matmul } from '../graph/ops/matrix.js';
import { softmax } from '../graph/ops/normalise.js';
import type { Tensor } from '../graph/tensor.js';
import type { BlockParts } from '../nn/adaln.js';
import { joinHeads, splitHeads } from '../nn/heads.js';
import { linear } from '../nn/linear.js';
import type { Params } from '../nn/params.js';

/**
 * Multi-head self-attention with biases (Vaswani et al. 2017).
 * @param z batch x tokens x dim
 */
function attention(params: Params, z: Tensor, heads: number): Tensor {
  const dim = z.shape[2] as number;
  const [query, key, value] = split(linear(params.at('qkv'), z, 3 * dim), 2, 3).map((part) =>
    splitHeads(part, heads),
  );
  const affinity = softmax(mul(matmul(query, transposeLast(key)), 1 / Math.sqrt(dim / heads)));
  return linear(params.at('proj'), joinHeads(matmul(affinity, value)), dim);
}

/** The two halves of a DiT block: attention, and two linear layers with a GELU of `hidden` units between them, token by token. */
export function transformerParts(block: Params, dim: number, heads: number, hidden: number): BlockParts {
  const mlp = block.at('mlp');
  return {
    attend: (z) => attention(block.at('attn'), z, heads),
    code: (z) => gelu(linear(mlp.at('fc1'), z, hidden)),
    write: (code) => linear(mlp.at('fc2'), code, dim),
  };
}
