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
        const code = ista(block.at('mlp'), dim, rowsOf(z));
        const parts = {
          attend: (y: Tensor) => mssa(block.at('attn'), y, heads),
          code,
          write: (coded: Tensor) => coded,
        };
        z = adaLnBlock(block, z, c, parts, look);
      }
      return joinPatches(finalLayer(params.at('final_layer'), z, c, patch), width);
    },
  };
}

/** Tokens of all cells, or null where the number of cells is not known. */
function rowsOf({ shape: [batch, tokens] }: Tensor): number | null {
  return typeof batch === 'number' ? batch * (tokens as number) : null;
}
