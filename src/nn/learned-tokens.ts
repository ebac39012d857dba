import { reshape } from '../graph/ops/shape.js';
import type { Tensor } from '../graph/tensor.js';
import { modulated, modulation } from './adaln.js';
import { zeros } from './init.js';
import { linear } from './linear.js';
import type { Params } from './params.js';

/** Dimensions of a denoiser whose tokens are learned projections of the whole vector. */
export interface LearnedTokenSize {
  /** Length of the vector that is denoised. */
  readonly width: number;
  readonly conditionWidth: number;
  /** Learned views of the whole vector that attend to each other. */
  readonly tokens: number;
  readonly dim: number;
  readonly depth: number;
  readonly heads: number;
}

/**
 * Every token is a projection of the whole vector.
 * @param x batch x width
 * @returns batch x tokens x dim
 */
export function projectedTokens(params: Params, x: Tensor, tokens: number, dim: number): Tensor {
  return reshape(linear(params.at('tokens'), x, tokens * dim), [x.shape[0], tokens, dim]);
}

/** The way back, from all tokens together; zero at the start. Returns batch x width. */
export function vectorOfTokens(params: Params, z: Tensor, c: Tensor, width: number): Tensor {
  const [batch, tokens, dim] = z.shape as [number | string, number, number];
  const output = params.at('output');
  const [shift, scale] = modulation(output, c, dim, 2);
  const flat = reshape(modulated(z, shift, scale), [batch, tokens * dim]);
  return linear(output.at('linear'), flat, width, { init: zeros });
}
