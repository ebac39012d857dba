#!/usr/bin/env node
import { reportError } from './errors.js';
import { commandLine } from './program.js';

const debug = process.argv.includes('--debug');
const toStderr = (text: string) => process.stderr.write(text);

/** Ends at once: nothing is known about the state after an error that nobody caught. */
function abandon(error: unknown): never {
  process.exit(reportError(error, debug, toStderr));
}

process.on('uncaughtException', abandon);
process.on('unhandledRejection', abandon);
// `cellcrate inspect FILE | head` closes the pipe early, which is no error of ours.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(0);
  abandon(error);
});

try {
  await commandLine().parseAsync();
} catch (error) {
  process.exitCode = reportError(error, debug, toStderr);
}
