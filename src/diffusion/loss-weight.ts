import type { Parameterisation } from './parameterisation.js';
import type { Schedule } from './schedule.js';

export const lossWeightings = ['uniform', 'min-snr'] as const;
export type LossWeighting = (typeof lossWeightings)[number];

/**
 * The weight of each timestep's squared error in the loss, length T.
 *
 * 'uniform' counts every timestep alike (Ho et al. 2020, equation 14). 'min-snr' gives the clean-row error the
 * weight min(SNR, gamma), SNR = alphaBar / (1 - alphaBar), so that easy, almost clean levels do not outvote the
 * others (Hang et al. 2023, section 3.4). The same weight on the other predictions' errors is that divided by SNR
 * for eps, since |eps error|^2 = SNR |x0 error|^2, and by SNR + 1 for v.
 */
export function lossWeights(
  weighting: LossWeighting,
  kind: Parameterisation,
  schedule: Schedule,
  gamma = 5,
): Float64Array {
  if (weighting === 'uniform') return new Float64Array(schedule.alphaBar.length).fill(1);
  return schedule.alphaBar.map((alphaBar) => minSnrWeight(kind, alphaBar / (1 - alphaBar), gamma));
}

function minSnrWeight(kind: Parameterisation, snr: number, gamma: number): number {
  switch (kind) {
    case 'x0':
      return Math.min(snr, gamma);
    case 'eps':
      return snr > gamma ? gamma / snr : 1;
    case 'v':
      return Math.min(snr, gamma) / (snr + 1);
  }
}
