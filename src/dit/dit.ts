import { adaLnBlock, finalLayer } from '../nn/adaln.js';
import { conditioning } from '../nn/conditioning.js';
import type { Denoiser } from '../nn/denoiser.js';
import { type GenePatchSize, joinPatches, patchTokens } from '../nn/patches.js';
import { transformerParts } from './layers.js';

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
        z = adaLnBlock(block, z, c, transformerParts(block, dim, heads, 4 * dim), look);
      }
      return joinPatches(finalLayer(params.at('final_layer'), z, c, patch), width);
    },
  };
}
