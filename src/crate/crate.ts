import { reshape } from '../graph/ops/shape.js';
import type { Tensor } from '../graph/tensor.js';
import { adaLnBlock, modulated, modulation } from '../nn/adaln.js';
import { conditioning } from '../nn/conditioning.js';
import type { Denoiser } from '../nn/denoiser.js';
import { xavierUniform, zeros } from '../nn/init.js';
import { linear } from '../nn/linear.js';
import type { Params } from '../nn/params.js';
import { sparseCode } from './ista.js';
import { mssa } from './mssa.js';

export interface CrateSize {
  /** Length of the vector that is denoised. */
  readonly width: number;
  readonly conditionWidth: number;
  /** Learned views of the whole vector that attend to each other. */
  readonly tokens: number;
  readonly dim: number;
  readonly depth: number;
  readonly heads: number;
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
      const batch = x.shape[0];
      const c = conditioning(params, t, condition, dim);
      let z = reshape(linear(params.at('tokens'), x, tokens * dim), [batch, tokens, dim]);
      for (let i = 0; i < depth; i++) {
        const block = params.at('blocks').at(i);
        const parts = {
          attend: (y: Tensor) => mssa(block.at('attn'), y, heads),
          code: (y: Tensor) => sparseCode(block.at('ista').at('code'), y, atoms),
          write: (code: Tensor) => writeBack(block.at('ista').at('atoms'), code, dim),
        };
        z = adaLnBlock(block, z, c, parts, look);
      }
      const [shift, scale] = modulation(params.at('output'), c, dim, 2);
      const flat = reshape(modulated(z, shift, scale), [batch, tokens * dim]);
      return linear(params.at('output').at('linear'), flat, width, { init: zeros });
    },
  };
}

/** D1 a: what was coded on one dictionary is written back by another. */
function writeBack(params: Params, code: Tensor, dim: number): Tensor {
  return linear(params, code, dim, { bias: false, init: xavierUniform });
}
