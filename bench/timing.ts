import type { Timing } from './result.js';

export interface Run {
  readonly seconds: number;
  readonly cpuSeconds: number;
}

/** Does a task once and says how long it took. */
export async function timed(task: () => unknown): Promise<Run> {
  const processor = process.cpuUsage();
  const begun = performance.now();
  await task();
  const seconds = (performance.now() - begun) / 1000;
  const { user, system } = process.cpuUsage(processor);
  return { seconds, cpuSeconds: (user + system) / 1e6 };
}

export function timingOf(runs: readonly Run[]): Timing {
  const seconds = runs.map((run) => run.seconds);
  return {
    medianSeconds: quantile(seconds, 0.5),
    minSeconds: quantile(seconds, 0),
    lowerQuartileSeconds: quantile(seconds, 0.25),
    upperQuartileSeconds: quantile(seconds, 0.75),
    maxSeconds: quantile(seconds, 1),
    medianCpuSeconds: quantile(
      runs.map((run) => run.cpuSeconds),
      0.5,
    ),
    runs: runs.length,
  };
}

/** With straight lines between neighbours in order; `share` from 0 (the least) to 1 (the most). */
export function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  const place = share * (sorted.length - 1);
  const [low, high] = [sorted[Math.floor(place)], sorted[Math.ceil(place)]];
  return low + (place - Math.floor(place)) * (high - low);
}
