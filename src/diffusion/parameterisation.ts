import { OptionError } from '../errors.js';

/**
 * What the network's output stands for: the noise (Ho et al. 2020), the clean row, or the velocity
 * v = signal eps - noise x_0 (Salimans & Ho 2022).
 */
export const parameterisations = ['eps', 'x0', 'v'] as const;
export type Parameterisation = (typeof parameterisations)[number];

/** Both sides of x_t = sqrt(alphaBar) x0 + sqrt(1 - alphaBar) eps, row-major as the network gave them. */
export interface CleanAndNoise {
  readonly x0: Float32Array;
  readonly eps: Float32Array;
}

/** The training target of a parameterisation is clean * x_0 + noise * eps. */
export function targetWeights(kind: Parameterisation, alphaBar: number): { clean: number; noise: number } {
  switch (kind) {
    case 'eps':
      return { clean: 0, noise: 1 };
    case 'x0':
      return { clean: 1, noise: 0 };
    case 'v':
      return { clean: -Math.sqrt(1 - alphaBar), noise: Math.sqrt(alphaBar) };
  }
}

/**
 * Clean rows and noise from a prediction at one noise level.
 * @param prediction the network's output, any shape, as long as `x`
 * @param x noisy rows
 * @param alphaBar signal^2 of the level, in [0, 1]; at 1 there is no noise to tell from x_0, and eps is 0
 * @throws OptionError for eps at alphaBar = 0: x is noise alone, and says nothing of the clean row
 */
export function toCleanAndNoise(
  kind: Parameterisation,
  prediction: Float32Array,
  x: Float32Array,
  alphaBar: number,
): CleanAndNoise {
  const signal = Math.sqrt(alphaBar);
  const noise = Math.sqrt(1 - alphaBar);
  switch (kind) {
    case 'eps':
      if (alphaBar === 0) {
        throw new OptionError(
          'parameterisation',
          "'eps' does not work with a zero-terminal-SNR schedule, whose last level holds no signal",
          "Use 'v' or 'x0', or the schedule 'linear' or 'cosine'",
        );
      }
      return { x0: combine(x, 1 / signal, prediction, -noise / signal), eps: prediction };
    case 'x0':
      return {
        x0: prediction,
        eps: noise > 0 ? combine(x, 1 / noise, prediction, -signal / noise) : new Float32Array(x.length),
      };
    case 'v':
      return { x0: combine(x, signal, prediction, -noise), eps: combine(x, noise, prediction, signal) };
  }
}

function combine(a: Float32Array, weightA: number, b: Float32Array, weightB: number): Float32Array {
  const sum = new Float32Array(a.length);
  for (let i = 0; i < a.length; i++) sum[i] = weightA * a[i] + weightB * b[i];
  return sum;
}
