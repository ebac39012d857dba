import { CellcrateError, OptionError } from '../errors.js';
import { FolderInUseError } from '../io/folder-lock.js';
import { generate } from '../model/generate.js';
import { train } from '../model/train.js';
import { peakMemory } from './peak-memory.js';
import type { StopRequest, Summaries, TaskAnswer, TaskKind, TaskRequest } from './trial-task.js';

/** The program of a process that trains or generates once, so that its peak of memory is its own. */

const stop = new AbortController();
const answer = (message: TaskAnswer): void => {
  if (process.connected) process.send?.(message);
};

/** Ctrl-C reaches every process of the terminal; the parent says what is to be done about it. */
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => undefined);
process.on('disconnect', () => stop.abort());
process.on('message', async (request: TaskRequest | StopRequest) => {
  if (request.kind === 'stop') return stop.abort();
  answer(await outcomeOf(request));
  if (process.connected) process.disconnect();
});

async function outcomeOf(request: TaskRequest): Promise<TaskAnswer> {
  try {
    const summary = await run(request);
    if ('interrupted' in summary && summary.interrupted) return { kind: 'stopped' };
    return { kind: 'done', summary, memory: peakMemory() };
  } catch (error) {
    if (stop.signal.aborted) return { kind: 'stopped' };
    const message = error instanceof CellcrateError ? error.message : String(error);
    const ofModel = !(error instanceof OptionError || error instanceof FolderInUseError);
    return { kind: 'failed', message, ofModel };
  }
}

function run(request: TaskRequest): Promise<Summaries[TaskKind]> {
  const { signal } = stop;
  if (request.kind === 'train') {
    return train(request.file, {
      ...{ ...request.options, signal },
      onProgress: ({ stage, step, steps, loss, elapsedSeconds, etaSeconds }) => {
        const whole = etaSeconds === null ? null : elapsedSeconds + etaSeconds;
        const fraction = steps === null ? whole && elapsedSeconds / whole : step / steps;
        tell(fraction, [
          stage,
          `step ${step}${steps === null ? '' : `/${steps}`}`,
          `loss ${loss.toPrecision(4)}`,
        ]);
      },
    });
  }
  return generate(request.run, {
    ...{ ...request.options, signal },
    onProgress: ({ done, total, fraction }) => tell(fraction, [`cell ${done}/${total}`]),
  });
}

const betweenMilliseconds = 250;
let lastTold = Number.NEGATIVE_INFINITY;

/** Not of every step: messages would take time from training. */
function tell(fraction: number | null, details: readonly string[]): void {
  if (performance.now() - lastTold < betweenMilliseconds) return;
  lastTold = performance.now();
  answer({ kind: 'progress', progress: { fraction, details, memory: process.memoryUsage.rss() } });
}
