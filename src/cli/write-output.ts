import { catchInterruption } from './interruption.js';
import { printable } from './printable.js';
import { Progress } from './progress.js';

/**
 * Runs work that writes `out` whole or not at all: progress to stderr, what it came to to stdout. Interrupted, it says
 * that nothing was kept and how to go on, and the process ends with the signal's status.
 */
export async function writeOutput(
  out: string,
  quiet: boolean,
  work: (progress: Progress, signal: AbortSignal) => Promise<readonly string[]>,
  howToGoOn = 'the same command begins anew',
): Promise<void> {
  const progress = new Progress(process.stderr, quiet);
  const interruption = catchInterruption(() => progress.message('Stopping; Ctrl-C again to stop at once'));
  try {
    const lines = await work(progress, interruption.signal);
    progress.end();
    process.stdout.write(`${lines.map(printable).join('\n')}\n`);
  } catch (error) {
    const status = interruption.exitStatus();
    if (status === null) throw error;
    progress.end();
    process.stderr.write(
      `cellcrate: interrupted; nothing was written to ${out} and nothing is kept: ${howToGoOn}\n`,
    );
    process.exitCode = status;
  } finally {
    interruption.release();
    progress.end();
  }
}
