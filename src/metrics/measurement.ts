import { type BootstrapOptions, bootstrapInterval, type CellStatistic } from './bootstrap.js';
import type { Estimate } from './evaluation.js';
import type { FigureKey } from './figures.js';

/** A figure's value, and how it is computed again from some of the cells. */
export interface Measurement {
  readonly value: number;
  /** Cells on each side. */
  readonly cells: number;
  /** Null where a resampling would take too long, or has nothing to say. */
  readonly resample: ({ readonly statistic: CellStatistic } & Omit<BootstrapOptions, 'seed'>) | null;
}

export type Measurements = Partial<Record<FigureKey, Measurement>>;

/** A measurement without a resampling. */
export const bare = (value: number, cells: number): Measurement => ({ value, cells, resample: null });

/** Turns a measurement into an estimate. Cost: that of `bootstrapInterval`. */
export function estimate({ value, cells, resample }: Measurement, seed: number): Estimate {
  if (resample === null || !Number.isFinite(value)) return { value, interval: null, n: cells };
  const { statistic, ...options } = resample;
  return {
    value,
    interval: bootstrapInterval(statistic, value, [cells, cells], { ...options, seed }),
    n: cells,
  };
}

/** The same without its interval, as baselines are shown. */
export const pointEstimate = ({ value, cells }: Measurement): Estimate => ({
  value,
  interval: null,
  n: cells,
});
