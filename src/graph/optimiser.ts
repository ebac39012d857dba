import { add, div, mul, sqrt, square, sub } from './ops/elementwise.js';
import type { Tensor } from './tensor.js';

/** Settings of AdamW (Loshchilov and Hutter 2019); the defaults are PyTorch's. */
export interface AdamW {
  readonly learningRate: number;
  readonly beta1: number;
  readonly beta2: number;
  readonly epsilon: number;
  readonly weightDecay: number;
}

export const adamW: AdamW = {
  learningRate: 1e-4,
  beta1: 0.9,
  beta2: 0.999,
  epsilon: 1e-8,
  weightDecay: 0.01,
};

/** A parameter with its running means of the gradient and of its square. */
export interface AdamWState {
  readonly param: Tensor;
  readonly firstMoment: Tensor;
  readonly secondMoment: Tensor;
}

/** What changes from step to step; scalars, so that one graph serves all steps. */
export interface AdamWScalars {
  /** Learning rate x sqrt(1 - beta2^step) / (1 - beta1^step). */
  readonly stepSize: Tensor;
  /** Epsilon x sqrt(1 - beta2^step). */
  readonly epsilon: Tensor;
  /** 1 - learning rate x weight decay. */
  readonly decay: Tensor;
}

/** Values of the scalars at `step` (from 1) with the learning rate scaled by `warmth`. */
export function adamWScalars(settings: AdamW, step: number, warmth = 1): Record<keyof AdamWScalars, number> {
  const learningRate = settings.learningRate * warmth;
  const secondCorrection = Math.sqrt(1 - settings.beta2 ** step);
  return {
    stepSize: (learningRate * secondCorrection) / (1 - settings.beta1 ** step),
    epsilon: settings.epsilon * secondCorrection,
    decay: 1 - learningRate * settings.weightDecay,
  };
}

/** One update of one parameter, as an expression; the order of Kingma and Ba 2015, section 2, which corrects scalars, not arrays. */
export function adamWUpdate(
  settings: AdamW,
  state: AdamWState,
  gradient: Tensor,
  scalars: AdamWScalars,
): AdamWState {
  const { beta1, beta2 } = settings;
  const firstMoment = add(mul(state.firstMoment, beta1), mul(gradient, 1 - beta1));
  const secondMoment = add(mul(state.secondMoment, beta2), mul(square(gradient), 1 - beta2));
  const step = div(mul(firstMoment, scalars.stepSize), add(sqrt(secondMoment), scalars.epsilon));
  return { param: sub(mul(state.param, scalars.decay), step), firstMoment, secondMoment };
}

/** Exponential moving average of the weights; `rate` is 1 - decay. */
export function movingAverage(average: Tensor, param: Tensor, rate: Tensor): Tensor {
  return add(average, mul(sub(param, average), rate));
}
