import { Worker } from 'node:worker_threads';
import { DataError } from '../errors.js';
import type { ComparedCells } from './compared-cells.js';
import type { ComparedSeries } from './compared-series.js';
import { type MeasuredSeries, measureSeries, type SeriesContext } from './measured-series.js';
import type { SeriesAnswer, SeriesTask } from './series-worker.js';
import type { WorkSteps } from './work-steps.js';

/**
 * Measures every series, as many at a time as there are threads; the figures do not depend on it.
 * @returns in the order of the series
 * @throws DataError; the signal's reason when it aborts
 */
export async function measureAll(
  { series, labels, allTrain, trainRows }: Pick<ComparedCells, 'series'> & SeriesContext,
  steps: WorkSteps,
  options: { readonly seed: number; readonly threads: number; readonly signal?: AbortSignal },
): Promise<MeasuredSeries[]> {
  const context: SeriesContext = { labels, allTrain, trainRows };
  const measured: MeasuredSeries[] = [];
  const busy = Math.min(options.threads, series.length);
  if (busy < 2) {
    for (const one of series) measured.push(await measureSeries(one, context, steps, options.seed));
    return measured;
  }
  let next = 0;
  const stop = new AbortController();
  const { signal: outer } = options;
  const stopWithOuter = () => stop.abort(outer?.reason);
  outer?.throwIfAborted();
  outer?.addEventListener('abort', stopWithOuter);
  const takeTurns = async (): Promise<void> => {
    while (next < series.length) {
      const at = next++;
      measured[at] = await measureElsewhere(
        { series: series[at], context, seed: options.seed },
        steps,
        stop.signal,
      );
    }
  };
  try {
    await Promise.all(Array.from({ length: busy }, takeTurns));
  } finally {
    outer?.removeEventListener('abort', stopWithOuter);
    // Where one series has failed, the others are not waited for.
    stop.abort();
  }
  return measured;
}

async function measureElsewhere(
  task: SeriesTask & { readonly series: ComparedSeries },
  steps: WorkSteps,
  signal: AbortSignal,
): Promise<MeasuredSeries> {
  signal.throwIfAborted();
  // Options of this process, such as --input-type, may be none that a worker can have.
  const worker = new Worker(new URL('./series-worker.js', import.meta.url), {
    workerData: task,
    execArgv: [],
  });
  try {
    return await new Promise((resolve, reject) => {
      signal.addEventListener('abort', () => reject(signal.reason), { once: true });
      worker.on('error', reject);
      worker.on('message', (answer: SeriesAnswer) => {
        if (answer.kind === 'step') steps.elsewhere(answer.doing, answer.work);
        else if (answer.kind === 'measured') resolve(answer.measured);
        else reject(new DataError(answer.error.subject, answer.error.problem, answer.error.remedy));
      });
    });
  } finally {
    await worker.terminate();
  }
}
