import type { Sampler } from './sampler.js';
import { stepLevels } from './sampler.js';

/**
 * DPM-Solver++(2M) and SDE-DPM-Solver++(2M), second-order multistep solvers with the clean row as their unknown (Lu et al. 2022,
 * algorithm 2 and appendix). With signal a, noise s and lambda = ln(a / s), from level t to level u:
 *
 *   h = lambda_u - lambda_t,  r = h_previous / h
 *   D = (1 + 1 / 2r) x0_t - (1 / 2r) x0_previous
 *   x_u = (s_u / s_t) exp(-eta h) x_t + a_u (1 - exp(-(1 + eta) h)) D + s_u sqrt(1 - exp(-2 eta h)) z
 *
 * The first and the last step are of first order (D = x0_t): before the first there is no history, and the last
 * has h = infinity and ends at x0. exp(-h) is taken as a ratio, so that a start without any signal (lambda = -infinity)
 * stays finite; the step after it has r = infinity and is of first order by itself.
 *
 * @param eta 0 follows the deterministic flow, which keeps every error of the network that it met on its way; 1 draws noise
 * anew at every step, as much as ancestral sampling, and forgets them
 */
export function dpmSolverPlusPlus2M(eta: 0 | 1 = 1): Sampler {
  return async (start, denoise, schedule, timesteps, noise) => {
    let x = start;
    let previous: { x0: Float32Array; h: number } | null = null;
    for (let step = 0; step < timesteps.length; step++) {
      const { x0 } = await denoise(x, timesteps[step]);
      const { from, to } = stepLevels(schedule, timesteps, step);
      const decay = Math.sqrt((from * (1 - to)) / ((1 - from) * to));
      const h = -Math.log(decay);
      const extrapolation: number = previous !== null && to < 1 ? h / (2 * previous.h) : 0;
      const stateWeight = Math.sqrt((1 - to) / (1 - from)) * decay ** eta;
      const cleanWeight = Math.sqrt(to) * (1 - decay ** (1 + eta));
      const noiseWeight = Math.sqrt((1 - to) * Math.max(0, 1 - decay ** (2 * eta)));
      const z = noiseWeight > 0 ? noise(step) : null;

      const before: Float32Array = previous?.x0 ?? x0;
      const next = new Float32Array(x.length);
      for (let i = 0; i < x.length; i++) {
        const estimate = x0[i] + extrapolation * (x0[i] - before[i]);
        next[i] = stateWeight * x[i] + cleanWeight * estimate + (z === null ? 0 : noiseWeight * z[i]);
      }
      previous = { x0, h };
      x = next;
    }
    return x;
  };
}
