import assert from 'node:assert/strict';
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { reportError } from '../../src/cli/errors.js';
import { commandLine } from '../../src/cli/program.js';
import type { Outcome } from '../cli/run-cli.js';

/** Every file and folder below a folder, hidden ones too, files with their size and time. */
export function contentsOf(folder: string): string[] {
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' }).sort();
  return names.map((name) => {
    const stats = statSync(join(folder, name));
    return stats.isFile() ? `${name} ${stats.size} ${stats.mtimeMs}` : name;
  });
}

/** A failure as users should see it: nothing on stdout, one or two lines that begin with `cellcrate: `. */
export function assertFailure(outcome: Outcome, status: number, message: RegExp): void {
  const { stderr } = outcome;
  assert.equal(outcome.status, status, stderr);
  assert.equal(outcome.stdout, '');
  assert.match(stderr, message);
  const lines = stderr.trimEnd().split('\n');
  assert.ok(lines.length <= 2 && lines.every((line) => line.startsWith('cellcrate: ')), stderr);
  assert.doesNotMatch(stderr, /unexpected|undefined|NaN(?! or)/);
}

/** Gives the command line to this process and expects a failure that leaves `folder` as it was. */
export async function refused(
  folder: string,
  args: readonly string[],
  status: 1 | 2,
  message: RegExp,
): Promise<void> {
  const before = contentsOf(folder);
  const outcome = { status: 0, stdout: '', stderr: '' };
  try {
    await commandLine().parseAsync(['node', 'cellcrate', ...args, '--quiet']);
  } catch (error) {
    outcome.status = reportError(error, false, (text) => {
      outcome.stderr += text;
    });
  }
  assertFailure(outcome, status, message);
  assert.deepEqual(contentsOf(folder), before);
}
