/**
 * Share of the noise levels, from the clean end, at which guidance pushes towards the labels: three sevenths, so that 14 even steps
 * are 20 looks at the network.
 */
const GUIDED_SHARE = 3 / 7;

/**
 * The weight of classifier-free guidance at a noise level. A push towards labels (above 1) holds at the cleaner levels alone: at the noisier
 * ones it costs a second look at the network, and cells are no better for it (Kynkäänniemi et al. 2024, arXiv 2404.07724; measured in
 * docs/decisions.md).
 * @param guidance 0 or more; 1 is the conditional model as it is
 * @param t timestep, 0 (clean) to levels - 1
 */
export const guidanceAt = (guidance: number, t: number, levels: number): number =>
  guidance > 1 && t >= GUIDED_SHARE * levels ? 1 : guidance;
