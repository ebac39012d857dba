import type { Sampler } from './sampler.js';
import { stepLevels } from './sampler.js';

/**
 * Ancestral sampling (Ho et al. 2020, algorithm 2). From level t to the cleaner level s, with
 * alpha = alphaBar_t / alphaBar_s:
 *
 *   x_s = sqrt(alphaBar_s) (1 - alpha) / (1 - alphaBar_t) x0 + sqrt(alpha) (1 - alphaBar_s) / (1 - alphaBar_t) x_t
 *         + sqrt(1 - alpha) z
 *
 * The mean is the posterior's (equation 7), written with x0 so that it stays finite where alphaBar_t is 0; the
 * variance is the larger of the paper's two choices, beta_t, as in the published single-cell code. The last step adds
 * no noise and ends at x0. Meant for visiting every timestep: with long strides that variance is too large.
 */
export const ddpm: Sampler = async (start, denoise, schedule, timesteps, noise) => {
  let x = start;
  for (let step = 0; step < timesteps.length; step++) {
    const { x0 } = await denoise(x, timesteps[step]);
    const { from, to } = stepLevels(schedule, timesteps, step);
    const alpha = from / to;
    const cleanWeight = (Math.sqrt(to) * (1 - alpha)) / (1 - from);
    const stateWeight = (Math.sqrt(alpha) * (1 - to)) / (1 - from);
    const sigma = Math.sqrt(1 - alpha);

    const z = to < 1 ? noise(step) : null;
    const next = new Float32Array(x.length);
    for (let i = 0; i < x.length; i++) {
      next[i] = cleanWeight * x0[i] + stateWeight * x[i] + (z === null ? 0 : sigma * z[i]);
    }
    x = next;
  }
  return x;
};
