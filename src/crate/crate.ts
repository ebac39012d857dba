import type { Tensor } from '../graph/tensor.js';
import { adaLnBlock } from '../nn/adaln.js';
import { conditioning } from '../nn/conditioning.js';
import type { Denoiser } from '../nn/denoiser.js';
import { xavierUniform } from '../nn/init.js';
import { type LearnedTokenSize, projectedTokens, vectorOfTokens } from '../nn/learned-tokens.js';
import { linear } from '../nn/linear.js';
import type { Params } from '../nn/params.js';
import { sparseCode } from './ista.js';
import { mssa } from './mssa.js';

export interface CrateSize extends LearnedTokenSize {
  /** Atoms in each layer's dictionary. */
  readonly atoms: number;
}

/**
 * The default denoiser: every token is a learned projection of the whole vector, every layer compresses (MSSA) and
 * then sparsifies over an overcomplete dictionary (the block of CRATE-alpha, Yang et al. 2024). The residual stream
 * stays signed, as a denoiser's output must be; the codes are sparse and non-negative.
 */
export function crate(size: CrateSize): Denoiser {
  const { width, conditionWidth, tokens, dim, depth, heads, atoms } = size;
  return {
    width,
    conditionWidth,
    predict(params, x, t, condition, look) {
      const c = conditioning(params, t, condition, dim);
      let z = projectedTokens(params, x, tokens, dim);
      for (let i = 0; i < depth; i++) {
        const block = params.at('blocks').at(i);
        const parts = {
          attend: (y: Tensor) => mssa(block.at('attn'), y, heads),
          code: (y: Tensor) => sparseCode(block.at('ista').at('code'), y, atoms),
          write: (code: Tensor) => writeBack(block.at('ista').at('atoms'), code, dim),
        };
        z = adaLnBlock(block, z, c, parts, look);
      }
      return vectorOfTokens(params, z, c, width);
    },
  };
}

/** D1 a: what was coded on one dictionary is written back by another. */
function writeBack(params: Params, code: Tensor, dim: number): Tensor {
  return linear(params, code, dim, { bias: false, init: xavierUniform });
}
