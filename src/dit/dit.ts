import { adaLnBlock, finalLayer } from '../nn/adaln.js';
import { conditioning } from '../nn/conditioning.js';
import type { Denoiser } from '../nn/denoiser.js';
import { type GenePatchSize, joinPatches, patchTokens } from '../nn/patches.js';
import { attention, mlp } from './layers.js';

/**
 * The Diffusion Transformer (Peebles and Xie 2023) on gene patches, the baseline of arXiv 2411.06785.
 * Parameter names are the published ones.
 */
export function dit(size: GenePatchSize): Denoiser {
  const { width, conditionWidth, patch, dim, depth, heads } = size;
  return {
    width,
    conditionWidth,
    predict(params, x, t, condition) {
      const c = conditioning(params, t, condition, dim);
      let z = patchTokens(params.at('x_embedder'), x, patch, dim);
      for (let i = 0; i < depth; i++) {
        const block = params.at('blocks').at(i);
        z = adaLnBlock(
          block,
          z,
          c,
          (y) => attention(block.at('attn'), y, heads),
          (y) => mlp(block.at('mlp'), y, 4 * dim),
        );
      }
      return joinPatches(finalLayer(params.at('final_layer'), z, c, patch), width);
    },
  };
}
