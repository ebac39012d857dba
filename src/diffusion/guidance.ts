/**
 * The timestep at which guidance above 1 begins to hold: it does at the last steps of a sampler alone, a share of them, one at least
 * (a limited interval: Kynkäänniemi et al. 2024, arXiv 2404.07724).
 * @param timesteps of the sampler, descending
 * @param share 0 to 1
 */
export const guidedFrom = (timesteps: readonly number[], share: number): number =>
  timesteps[timesteps.length - Math.max(1, Math.round(share * timesteps.length))];

/**
 * The weight of classifier-free guidance at timestep `t`: a push towards labels (above 1) waits for its time, all else holds everywhere.
 * @param guidance 0 or more; 1 is the conditional model as it is
 */
export const guidanceAt = (guidance: number, t: number, from: number): number =>
  guidance > 1 && t > from ? 1 : guidance;
