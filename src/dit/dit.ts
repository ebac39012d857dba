import { gelu } from '../graph/ops/activation.js';
import { mul } from '../graph/ops/elementwise.js';
import { split, transposeLast } from '../graph/ops/layout.js';
import { matmul } from '../graph/ops/matrix.js';
import { softmax } from '../graph/ops/normalise.js';
import type { Tensor } from '../graph/tensor.js';
import { adaLnBlock, finalLayer } from '../nn/adaln.js';
import { conditioning } from '../nn/conditioning.js';
import type { Denoiser } from '../nn/denoiser.js';
import { joinHeads, splitHeads } from '../nn/heads.js';
import { linear } from '../nn/linear.js';
import type { Params } from '../nn/params.js';
import { type GenePatchSize, joinPatches, patchTokens } from '../nn/patches.js';

/**
 * The Diffusion Transformer (Peebles and Xie 2023) on gene patches, the baseline of arXiv 2411.06785.
 * Parameter names are the published ones.
 */
export function dit(size: GenePatchSize): Denoiser {
  const { width, conditionWidth, patch, dim, depth, heads } = size;
  return {
    width,
    conditionWidth,
    predict(params, x, t, condition, look) {
      const c = conditioning(params, t, condition, dim);
      let z = patchTokens(params.at('x_embedder'), x, patch, dim);
      for (let i = 0; i < depth; i++) {
        const block = params.at('blocks').at(i);
        const mlp = block.at('mlp');
        const parts = {
          attend: (y: Tensor) => attention(block.at('attn'), y, heads),
          code: (y: Tensor) => gelu(linear(mlp.at('fc1'), y, 4 * dim)),
          write: (code: Tensor) => linear(mlp.at('fc2'), code, dim),
        };
        z = adaLnBlock(block, z, c, parts, look);
      }
      return joinPatches(finalLayer(params.at('final_layer'), z, c, patch), width);
    },
  };
}

/** Multi-head self-attention with biases (Vaswani et al. 2017). */
function attention(params: Params, z: Tensor, heads: number): Tensor {
  const dim = z.shape[2] as number;
  const [query, key, value] = split(linear(params.at('qkv'), z, 3 * dim), 2, 3).map((part) =>
    splitHeads(part, heads),
  );
  const affinity = softmax(mul(matmul(query, transposeLast(key)), 1 / Math.sqrt(dim / heads)));
  return linear(params.at('proj'), joinHeads(matmul(affinity, value)), dim);
}
