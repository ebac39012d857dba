import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { projectRoot } from '../shared.js';

export interface Outcome {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs the command line as a user does, its output into pipes. */
export const runCli = (...args: string[]): Promise<Outcome> => runAndInterrupt(null, ...args);

/** The same, with SIGINT as soon as stderr matches. */
export function runAndInterrupt(when: RegExp | null, ...args: string[]): Promise<Outcome> {
  const main = join(projectRoot, 'build', 'src', 'cli', 'main.js');
  const child = spawn(process.execPath, [main, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  const text = { stdout: '', stderr: '' };
  child.stdout.setEncoding('utf8').on('data', (part: string) => {
    text.stdout += part;
  });
  child.stderr.setEncoding('utf8').on('data', (part: string) => {
    text.stderr += part;
    if (when !== null && !child.killed && when.test(text.stderr)) child.kill('SIGINT');
  });
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (status) => resolve({ status, ...text }));
  });
}
