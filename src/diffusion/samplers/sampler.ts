import type { CleanAndNoise } from '../parameterisation.js';
import type { Schedule } from '../schedule.js';

/** The network's answer for noisy rows `x` at timestep `t`, both arrays as long as `x`. */
export type Denoise = (x: Float32Array, t: number) => Promise<CleanAndNoise>;

/** Standard normal numbers, as many as `x` has; `step` counts the sampler's steps from 0. */
export type Noise = (step: number) => Float32Array;

/**
 * From noise to clean rows.
 * @param x rows of standard normal noise, any shape; left as they are
 * @param timesteps the levels to visit, descending; `x` is taken to be at the first, the last step goes to the clean row
 */
export type Sampler = (
  x: Float32Array,
  denoise: Denoise,
  schedule: Schedule,
  timesteps: readonly number[],
  noise: Noise,
) => Promise<Float32Array>;

/** alphaBar of a step's start and end: timesteps[step] to timesteps[step + 1], or to the clean row (1) at the end. */
export function stepLevels(
  schedule: Schedule,
  timesteps: readonly number[],
  step: number,
): { from: number; to: number } {
  const from = schedule.alphaBar[timesteps[step]];
  const to = step + 1 < timesteps.length ? schedule.alphaBar[timesteps[step + 1]] : 1;
  return { from, to };
}
