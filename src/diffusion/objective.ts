import { add, mul, square, sub } from '../graph/ops/elementwise.js';
import { mean } from '../graph/ops/reduce.js';
import { reshape } from '../graph/ops/shape.js';
import { input, type Tensor } from '../graph/tensor.js';
import type { Denoiser, Look } from '../nn/denoiser.js';
import type { Params } from '../nn/params.js';
import type { Stream } from '../random/stream.js';
import { type LossWeighting, lossWeights } from './loss-weight.js';
import { type Parameterisation, targetWeights } from './parameterisation.js';
import { noise, type Schedule, signal } from './schedule.js';

/** How a denoiser is taught. */
export interface Objective {
  readonly schedule: Schedule;
  readonly parameterisation: Parameterisation;
  readonly weighting: LossWeighting;
}

/**
 * The loss as an expression of the inputs `x` (clean rows) and `noise`, both batch x width, `t` and the five
 * coefficients of `noiseLevels`, each batch, and `condition` where the denoiser has one:
 * mean of weight(t) (prediction - target)^2 at x_t = signal x + sigma noise (Ho et al. 2020, equation 14).
 * @param look told of the denoiser's layers
 */
export function diffusionLoss(denoiser: Denoiser, params: Params, batch: number, look?: Look): Tensor {
  const { width, conditionWidth } = denoiser;
  const x = input('x', [batch, width]);
  const eps = input('noise', [batch, width]);
  const column = (name: string) => reshape(input(name, [batch]), [batch, 1]);
  const noisy = add(mul(x, column('signal')), mul(eps, column('sigma')));
  const target = add(mul(x, column('targetClean')), mul(eps, column('targetNoise')));
  const condition = conditionWidth > 0 ? input('condition', [batch, conditionWidth]) : null;
  const prediction = denoiser.predict(params, noisy, input('t', [batch]), condition, look);
  return mean(mul(square(sub(prediction, target)), column('weight')));
}

/** The per-row inputs of `diffusionLoss`, for noise levels drawn uniformly from 1..T-1 as published. */
export function noiseLevels(
  objective: Objective,
  random: Stream,
  batch: number,
): Record<string, Float32Array> {
  const { schedule, parameterisation } = objective;
  const weights = lossWeights(objective.weighting, parameterisation, schedule);
  const drawn = Array.from({ length: batch }, () => 1 + random.integer(schedule.alphaBar.length - 1));
  const column = (of: (t: number) => number) => Float32Array.from(drawn, of);
  const target = (t: number) => targetWeights(parameterisation, schedule.alphaBar[t]);
  return {
    t: column((t) => t),
    signal: column((t) => signal(schedule, t)),
    sigma: column((t) => noise(schedule, t)),
    targetClean: column((t) => target(t).clean),
    targetNoise: column((t) => target(t).noise),
    weight: column((t) => weights[t]),
  };
}
