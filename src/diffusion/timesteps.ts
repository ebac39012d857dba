import { OptionError } from '../errors.js';
import { hasZeroTerminalSnr, type Schedule } from './schedule.js';

export const samplerNames = ['dpmpp', 'ddim', 'ddpm'] as const;
export type SamplerName = (typeof samplerNames)[number];

/** The cleanest timestep that training draws, and so the last one a sampler asks the network about. */
const cleanest = 1;

/**
 * The timesteps a sampler visits, descending; after the last one it goes on to the clean row.
 * DDIM on an ordinary schedule keeps to the published rule ('leading'), all else begins at the noisiest level:
 * DDPM with as many steps as the schedule has goes T-1..1, as published.
 */
export function samplerTimesteps(sampler: SamplerName, steps: number, schedule: Schedule): number[] {
  const total = schedule.alphaBar.length;
  return sampler === 'ddim' && !hasZeroTerminalSnr(schedule)
    ? leadingTimesteps(steps, total)
    : trailingTimesteps(steps, total);
}

/**
 * Every (T / steps)-th timestep below T, then timestep 1: for T = 1000 and 100 steps 990, 980, ... 10, 1.
 * That is the published sampling rule; it never visits the noisiest levels.
 * @throws OptionError unless 2 <= steps <= total
 */
export function leadingTimesteps(steps: number, total: number): number[] {
  checkSteps(steps, 2, total);
  const multiples = Array.from({ length: steps - 1 }, (_, k) =>
    Math.round(((steps - 1 - k) * total) / steps),
  );
  return withoutRepeats([...multiples, cleanest]);
}

/**
 * From T-1 down in equal strides, so that sampling starts where the process ends (Lin et al. 2024, table 2): for
 * T = 1000 and 20 steps 999, 949, ... 49.
 * @throws OptionError unless 1 <= steps <= total
 */
export function trailingTimesteps(steps: number, total: number): number[] {
  checkSteps(steps, 1, total);
  return withoutRepeats(
    Array.from({ length: steps }, (_, k) => Math.max(cleanest, Math.round(total - (k * total) / steps) - 1)),
  );
}

const withoutRepeats = (descending: number[]): number[] =>
  descending.filter((t, i) => i === 0 || t < descending[i - 1]);

function checkSteps(steps: number, least: number, most: number): void {
  if (Number.isInteger(steps) && steps >= least && steps <= most) return;
  throw new OptionError(
    '--steps',
    `a sampler cannot take ${steps} steps here`,
    `Give a whole number from ${least} to ${most}`,
  );
}
