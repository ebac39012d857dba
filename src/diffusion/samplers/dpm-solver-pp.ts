import type { Sampler } from './sampler.js';
import { stepLevels } from './sampler.js';

/**
 * DPM-Solver++(2M), a second-order multistep solver of the probability-flow ODE with the clean row as its unknown
 * (Lu et al. 2022, algorithm 2). With signal a, noise s and lambda = ln(a / s), from level t to level u:
 *
 *   h = lambda_u - lambda_t,  r = h_previous / h
 *   D = (1 + 1 / 2r) x0_t - (1 / 2r) x0_previous
 *   x_u = (s_u / s_t) x_t + a_u (1 - exp(-h)) D
 *
 * The first and the last step are of first order (D = x0_t): before the first there is no history, and the last
 * has h = infinity and ends at x0. exp(-h) is taken as a ratio, so that a start without any signal (lambda = -infinity)
 * stays finite; the step after it has r = infinity and is of first order by itself. No noise is drawn.
 */
export const dpmSolverPlusPlus2M: Sampler = async (start, denoise, schedule, timesteps) => {
  let x = start;
  let previous: { x0: Float32Array; h: number } | null = null;
  for (let step = 0; step < timesteps.length; step++) {
    const { x0 } = await denoise(x, timesteps[step]);
    const { from, to } = stepLevels(schedule, timesteps, step);
    const decay = Math.sqrt((from * (1 - to)) / ((1 - from) * to));
    const h = -Math.log(decay);
    const extrapolation: number = previous !== null && to < 1 ? h / (2 * previous.h) : 0;
    const stateWeight = Math.sqrt((1 - to) / (1 - from));
    const cleanWeight = Math.sqrt(to) * (1 - decay);

    const before: Float32Array = previous?.x0 ?? x0;
    const next = new Float32Array(x.length);
    for (let i = 0; i < x.length; i++) {
      const estimate = x0[i] + extrapolation * (x0[i] - before[i]);
      next[i] = stateWeight * x[i] + cleanWeight * estimate;
    }
    previous = { x0, h };
    x = next;
  }
  return x;
};
