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
  /** Learning rate / (1 - beta1^step). */
  readonly stepSize: Tensor;
  /** 1 / sqrt(1 - beta2^step). */
  readonly secondCorrection: Tensor;
  /** 1 - learning rate x weight decay. */
  readonly decay: Tensor;
}

/** Values of the scalars at `step` (from 1) with the learning rate scaled by `warmth`. */
export function adamWScalars(settings: AdamW, step: number, warmth = 1): Record<keyof AdamWScalars, number> {
  const learningRate = settings.learningRate * warmth;
  return {
    stepSize: learningRate / (1 - settings.beta1 ** step),
    secondCorrection: 1 / Math.sqrt(1 - settings.beta2 ** step),
    decay: 1 - learningRate * settings.weightDecay,
  };
}

/** One update of one parameter, as an expression. */
export function adamWUpdate(
  settings: AdamW,
  state: AdamWState,
  gradient: Tensor,
  scalars: AdamWScalars,
): AdamWState {
  const { beta1, beta2, epsilon } = settings;
  const firstMoment = add(mul(state.firstMoment, beta1), mul(gradient, 1 - beta1));
  const secondMoment = add(mul(state.secondMoment, beta2), mul(square(gradient), 1 - beta2));
  const denominator = add(mul(sqrt(secondMoment), scalars.secondCorrection), epsilon);
  const step = div(mul(firstMoment, scalars.stepSize), denominator);
  return { param: sub(mul(state.param, scalars.decay), step), firstMoment, secondMoment };
}

/** Exponential moving average of the weights; `rate` is 1 - decay. */
export function movingAverage(average: Tensor, param: Tensor, rate: Tensor): Tensor {
  return add(average, mul(sub(param, average), rate));
}
