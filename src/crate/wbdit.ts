import type { Tensor } from '../graph/tensor.js';
import { adaLnBlock, finalLayer } from '../nn/adaln.js';
import { conditioning } from '../nn/conditioning.js';
import type { Denoiser } from '../nn/denoiser.js';
import { type GenePatchSize, joinPatches, patchTokens } from '../nn/patches.js';
import { ista } from './ista.js';
import { mssa } from './mssa.js';

/**
 * The White-Box Diffusion Transformer as published (arXiv 2411.06785): gene patches, adaLN-Zero blocks of MSSA and
 * ISTA. Parameter names are the published ones.
 */
export function wbdit(size: GenePatchSize): Denoiser {
  const { width, conditionWidth, patch, dim, depth, heads } = size;
  return {
    width,
    conditionWidth,
    predict(params, x, t, condition, look) {
      const c = conditioning(params, t, condition, dim);
      let z = patchTokens(params.at('x_embedder'), x, patch, dim);
      for (let i = 0; i < depth; i++) {
        const block = params.at('blocks').at(i);
        const parts = {
          attend: (y: Tensor) => mssa(block.at('attn'), y, heads),
          code: (y: Tensor) => ista(block.at('mlp'), y),
          write: (code: Tensor) => code,
        };
        z = adaLnBlock(block, z, c, parts, look);
      }
      return joinPatches(finalLayer(params.at('final_layer'), z, c, patch), width);
    },
  };
}
