import { parentPort, workerData } from 'node:worker_threads';
import { DataError } from '../errors.js';
import type { ComparedSeries } from './compared-series.js';
import { type MeasuredSeries, measureSeries, type SeriesContext } from './measured-series.js';
import type { Steps } from './work-steps.js';

/** What a thread is given: one series to measure. */
export interface SeriesTask {
  readonly series: ComparedSeries;
  readonly context: SeriesContext;
  readonly seed: number;
}

/** What it answers: steps that it has taken, then the series, or what is wrong with the data (a class does not travel). */
export type SeriesAnswer =
  | { readonly kind: 'step'; readonly doing: string; readonly work: number }
  | { readonly kind: 'measured'; readonly measured: MeasuredSeries }
  | { readonly kind: 'refused'; readonly error: Pick<DataError, 'subject' | 'problem' | 'remedy'> };

const { series, context, seed } = workerData as SeriesTask;
const answer = (message: SeriesAnswer): void => parentPort?.postMessage(message);

const steps: Steps = {
  async step(doing, work, run) {
    const result = await run();
    answer({ kind: 'step', doing, work });
    return result;
  },
};

try {
  answer({ kind: 'measured', measured: await measureSeries(series, context, steps, seed) });
} catch (error) {
  if (!(error instanceof DataError)) throw error;
  const { subject, problem, remedy } = error;
  answer({ kind: 'refused', error: { subject, problem, remedy } });
}
