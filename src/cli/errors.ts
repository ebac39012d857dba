import { CommanderError } from 'commander';
import { CellcrateError } from '../errors.js';
import { printable, printableLines } from './printable.js';

/** Exit statuses of the command line. */
export const exitStatus = { success: 0, failure: 1, usage: 2 } as const;

/**
 * Tells the user what went wrong, in one or two lines that begin with `cellcrate:`.
 * Commander has printed its own errors (and its help) by the time it throws, so those are only given their status.
 * @param debug adds the stack and the causes
 * @returns the exit status the process should end with
 */
export function reportError(error: unknown, debug: boolean, write: (text: string) => void): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? exitStatus.success : exitStatus.usage;

  const expected = error instanceof CellcrateError;
  if (expected) {
    write(`${printable(`cellcrate: ${error.message}`)}\n`);
  } else {
    write(`${printable(`cellcrate: unexpected error: ${firstLine(error)}`)}\n`);
    if (!debug) write('cellcrate: run the same command with --debug to see where it happened\n');
  }
  if (debug) write(printableLines(stackWithCauses(error)));
  return expected ? error.exitStatus : exitStatus.failure;
}

function firstLine(error: unknown): string {
  const text = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  return text.split('\n', 1)[0].slice(0, 300);
}

function stackWithCauses(error: unknown): string {
  let text = '';
  for (
    let cause: unknown = error;
    cause !== undefined;
    cause = cause instanceof Error ? cause.cause : undefined
  ) {
    const stack = cause instanceof Error ? (cause.stack ?? cause.message) : String(cause);
    text += `${text === '' ? '' : 'caused by: '}${stack}\n`;
  }
  return text;
}
