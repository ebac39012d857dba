import { OptionError } from '../errors.js';
import { logFactorial } from './log-factorial.js';

/** What the distributions draw from. */
export interface UniformSource {
  /** Uniform in the open interval (0, 1). */
  uniform(): number;
  /** Standard normal. */
  normal(): number;
}

/** Below this mean a walk along the cumulative distribution costs less than a rejection method. */
const LARGEST_WALKED_MEAN = 12;

/** Gamma with shape > 0 and scale 1: Marsaglia and Tsang (2000); below shape 1 by gamma(a + 1) u^(1/a). */
export function drawGamma(source: UniformSource, shape: number): number {
  if (!(shape > 0 && shape < Infinity)) {
    throw new OptionError('shape', `${shape} is not a positive number`, 'Check the dispersions');
  }
  if (shape < 1) return drawGamma(source, shape + 1) * source.uniform() ** (1 / shape);
  const d = shape - 1 / 3;
  const c = 1 / Math.sqrt(9 * d);
  for (;;) {
    const x = source.normal();
    const root = 1 + c * x;
    if (root <= 0) continue;
    const v = root * root * root;
    const u = source.uniform();
    const square = x * x;
    if (u < 1 - 0.0331 * square * square) return d * v;
    if (Math.log(u) < 0.5 * square + d * (1 - v + Math.log(v))) return d * v;
  }
}

/** Poisson with mean >= 0: inversion for small means, Hormann's PTRS (1993) above. */
export function drawPoisson(source: UniformSource, mean: number): number {
  if (!(mean >= 0 && mean < Infinity)) {
    throw new OptionError('mean', `${mean} is not a number from 0 on`, 'Check the means');
  }
  if (mean === 0) return 0;
  return mean < LARGEST_WALKED_MEAN ? walkPoisson(source, mean) : rejectPoisson(source, mean);
}

/**
 * Negative binomial with mean >= 0 and variance mean + mean^2 / theta, theta > 0 (Infinity: Poisson).
 * Small means by inversion, which spends one uniform on the many zeros; large ones as a gamma-Poisson mixture.
 */
export function drawNegativeBinomial(source: UniformSource, mean: number, theta: number): number {
  if (!(theta > 0)) {
    throw new OptionError('theta', `${theta} is not a positive number`, 'Check the dispersions');
  }
  if (theta === Infinity) return drawPoisson(source, mean);
  if (mean > 0 && mean < LARGEST_WALKED_MEAN) return walkNegativeBinomial(source, mean, theta);
  if (mean === 0) return 0;
  return drawPoisson(source, (drawGamma(source, theta) * mean) / theta);
}

function walkPoisson(source: UniformSource, mean: number): number {
  let remaining = source.uniform();
  let probability = Math.exp(-mean);
  let k = 0;
  while (remaining > probability && probability > 0) {
    remaining -= probability;
    k++;
    probability *= mean / k;
  }
  return k;
}

function walkNegativeBinomial(source: UniformSource, mean: number, theta: number): number {
  let remaining = source.uniform();
  let probability = Math.exp(-theta * Math.log1p(mean / theta));
  if (remaining <= probability) return 0;
  const success = mean / (mean + theta);
  let k = 0;
  while (remaining > probability && probability > 0) {
    remaining -= probability;
    probability *= (success * (k + theta)) / (k + 1);
    k++;
  }
  return k;
}

function rejectPoisson(source: UniformSource, mean: number): number {
  const b = 0.931 + 2.53 * Math.sqrt(mean);
  const a = -0.059 + 0.02483 * b;
  const inverseAlpha = 1.1239 + 1.1328 / (b - 3.4);
  const squeeze = 0.9277 - 3.6224 / (b - 2);
  const logMean = Math.log(mean);
  for (;;) {
    const u = source.uniform() - 0.5;
    const v = source.uniform();
    const us = 0.5 - Math.abs(u);
    const k = Math.floor(((2 * a) / us + b) * u + mean + 0.43);
    if (us >= 0.07 && v <= squeeze) return k;
    if (k < 0 || (us < 0.013 && v > us)) continue;
    if (Math.log((v * inverseAlpha) / (a / (us * us) + b)) <= k * logMean - mean - logFactorial(k)) return k;
  }
}
