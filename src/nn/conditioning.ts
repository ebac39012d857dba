import { add } from '../graph/ops/elementwise.js';
import type { Tensor } from '../graph/tensor.js';
import { normal } from './init.js';
import { linear } from './linear.js';
import type { Params } from './params.js';
import { timeEmbedding } from './time-embedding.js';

/**
 * What steers every layer: the noise level and, where there are labels, a learned vector for each.
 * A row of zeros in `condition` leaves the noise level alone, which makes the same network unconditional
 * (classifier-free guidance, Ho and Salimans 2022).
 * @param t batch
 * @param condition one-hot labels, batch x classes, or null
 * @returns batch x dim
 */
export function conditioning(params: Params, t: Tensor, condition: Tensor | null, dim: number): Tensor {
  const time = timeEmbedding(params.at('t_embedder'), t, dim);
  if (condition === null) return time;
  return add(time, linear(params.at('y_embedder'), condition, dim, { bias: false, init: normal(0.02) }));
}
