import { adaLnBlock } from '../nn/adaln.js';
import { conditioning } from '../nn/conditioning.js';
import type { Denoiser } from '../nn/denoiser.js';
import { type LearnedTokenSize, projectedTokens, vectorOfTokens } from '../nn/learned-tokens.js';
import { transformerParts } from './layers.js';

export interface LatentDitSize extends LearnedTokenSize {
  /** Units of each layer's MLP. */
  readonly hidden: number;
}

/**
 * The rival of `crate` in its own latent space: the same learned tokens, conditioning and output, but blocks of ordinary
 * attention and a GELU MLP (Peebles and Xie 2023) for compression and sparse coding.
 */
export function latentDit(size: LatentDitSize): Denoiser {
  const { width, conditionWidth, tokens, dim, depth, heads, hidden } = size;
  return {
    width,
    conditionWidth,
    predict(params, x, t, condition, look) {
      const c = conditioning(params, t, condition, dim);
      let z = projectedTokens(params, x, tokens, dim);
      for (let i = 0; i < depth; i++) {
        const block = params.at('blocks').at(i);
        z = adaLnBlock(block, z, c, transformerParts(block, dim, heads, hidden), look);
      }
      return vectorOfTokens(params, z, c, width);
    },
  };
}
