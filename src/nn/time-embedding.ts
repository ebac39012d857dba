import { silu } from '../graph/ops/activation.js';
import { cos, mul, sin } from '../graph/ops/elementwise.js';
import { concat } from '../graph/ops/layout.js';
import { reshape } from '../graph/ops/shape.js';
import { constant, type Tensor } from '../graph/tensor.js';
import { normal } from './init.js';
import { linear } from './linear.js';
import type { Params } from './params.js';

const FREQUENCIES = 128;

/**
 * Noise level to a vector: cosines and sines of t x 10000^(-i/128), then two linear layers with SiLU between
 * (Peebles and Xie 2023, as in the published code).
 * @param t batch
 * @returns batch x dim
 */
export function timeEmbedding(params: Params, t: Tensor, dim: number): Tensor {
  const rates = Float32Array.from({ length: FREQUENCIES }, (_, i) => 10000 ** (-i / FREQUENCIES));
  const angles = mul(reshape(t, [t.shape[0], 1]), constant(rates, [1, FREQUENCIES]));
  const waves = concat([cos(angles), sin(angles)], 1);
  const hidden = silu(linear(params.at('mlp').at(0), waves, dim, { init: normal(0.02) }));
  return linear(params.at('mlp').at(2), hidden, dim, { init: normal(0.02) });
}
