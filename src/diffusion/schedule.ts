import { OptionError } from '../errors.js';

/**
 * How much of the clean row is left at each timestep: x_t = signal(t) x_0 + noise(t) eps with
 * signal^2 + noise^2 = 1 (a variance-preserving process). Timestep 0 is almost clean, the last one almost noise.
 */
export interface Schedule {
  readonly name: ScheduleName;
  /** signal(t)^2 for t = 0..T-1, decreasing, in [0, 1). */
  readonly alphaBar: Float64Array;
}

export const scheduleNames = ['linear', 'cosine', 'linear-zero-snr', 'cosine-zero-snr'] as const;
export type ScheduleName = (typeof scheduleNames)[number];

/** Number of timesteps of the published models. */
export const defaultTimesteps = 1000;

/** sqrt(alphaBar_t), the weight of the clean row. */
export const signal = (schedule: Schedule, t: number): number => Math.sqrt(schedule.alphaBar[t]);

/** sqrt(1 - alphaBar_t), the standard deviation of the noise. */
export const noise = (schedule: Schedule, t: number): number => Math.sqrt(1 - schedule.alphaBar[t]);

/** beta_t rises in a straight line from `first` to `last` (Ho et al. 2020, section 4). */
export function linearSchedule(steps = defaultTimesteps, first = 1e-4, last = 0.02): Schedule {
  const slope = (last - first) / (steps - 1);
  return { name: 'linear', alphaBar: cumulativeProduct(steps, (t) => 1 - (first + slope * t)) };
}

/** Nichol & Dhariwal 2021, equation 17 with s = 0.008; beta_t is cut at 0.999, so the last level is not quite noise. */
export function cosineSchedule(steps = defaultTimesteps): Schedule {
  const offset = 0.008;
  const curve = (u: number) => Math.cos(((u / steps + offset) / (1 + offset)) * (Math.PI / 2)) ** 2;
  return {
    name: 'cosine',
    alphaBar: cumulativeProduct(steps, (t) => Math.max(curve(t + 1) / curve(t), 1 - 0.999)),
  };
}

/**
 * Shifts and stretches signal(t) so that the last timestep is pure noise and the first stays as it was
 * (Lin et al. 2024, algorithm 1). With it the network cannot be asked for eps: the last level holds no signal.
 */
export function zeroTerminalSnr(schedule: Schedule): Schedule {
  const root = schedule.alphaBar.map(Math.sqrt);
  const first = root[0];
  const last = root[root.length - 1];
  const stretch = first / (first - last);
  return {
    name: schedule.name.startsWith('linear') ? 'linear-zero-snr' : 'cosine-zero-snr',
    alphaBar: root.map((value) => ((value - last) * stretch) ** 2),
  };
}

/** Whether the last timestep holds no signal at all. */
export const hasZeroTerminalSnr = (schedule: Schedule): boolean =>
  schedule.alphaBar[schedule.alphaBar.length - 1] === 0;

/** @throws OptionError when there is no schedule of that name */
export function scheduleByName(name: string, steps = defaultTimesteps): Schedule {
  switch (name) {
    case 'linear':
      return linearSchedule(steps);
    case 'cosine':
      return cosineSchedule(steps);
    case 'linear-zero-snr':
      return zeroTerminalSnr(linearSchedule(steps));
    case 'cosine-zero-snr':
      return zeroTerminalSnr(cosineSchedule(steps));
    default:
      throw new OptionError(
        'schedule',
        `there is no noise schedule '${name}'`,
        `Use ${scheduleNames.join(', ')}`,
      );
  }
}

function cumulativeProduct(length: number, factor: (t: number) => number): Float64Array {
  const product = new Float64Array(length);
  let value = 1;
  for (let t = 0; t < length; t++) product[t] = value *= factor(t);
  return product;
}
