import { spawn } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { readCheckpoint } from '../../src/model/checkpoint.js';
import { readModel } from '../../src/model/model-file.js';
import { RunFolder } from '../../src/model/run-folder.js';
import { projectRoot } from '../shared.js';

const main = join(projectRoot, 'build', 'src', 'cli', 'main.js');

/** How a process is ended: at a random moment, or while it saves its state because it was asked to stop. */
export interface Death {
  readonly afterMilliseconds: number;
  /** Milliseconds between SIGINT and SIGKILL; null: SIGKILL alone. */
  readonly saving: number | null;
}

export interface Ended {
  /** Null where it was killed. */
  readonly status: number | null;
  readonly milliseconds: number;
  readonly stderr: string;
}

/** Runs the command line and kills it, if it has not ended by then. */
export async function runAndKill(death: Death | null, ...args: string[]): Promise<Ended> {
  const begun = performance.now();
  const child = spawn(process.execPath, [main, ...args, '--quiet'], { stdio: ['ignore', 'ignore', 'pipe'] });
  let stderr = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
  });
  const ended = new Promise<number | null>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', resolve);
  });
  if (death !== null) {
    await Promise.race([ended, setTimeout(death.afterMilliseconds)]);
    if (death.saving !== null) {
      child.kill('SIGINT');
      await Promise.race([ended, setTimeout(death.saving)]);
    }
    child.kill('SIGKILL');
  }
  return { status: await ended, milliseconds: performance.now() - begun, stderr };
}

/** What a run folder holds that cannot be read, in words; a folder that is not there is sound. */
export async function unreadableParts(run: string): Promise<string[]> {
  const folder = new RunFolder(run);
  const parts: [string, () => unknown][] = [
    [folder.config, () => folder.readConfig()],
    [folder.checkpoint, () => readCheckpoint(folder.checkpoint)],
    [folder.model, () => readModel(folder.model)],
  ];
  const problems: string[] = [];
  for (const [path, read] of parts) {
    if (!existsSync(path)) continue;
    try {
      await read();
    } catch (error) {
      problems.push(String(error));
    }
  }
  // The last line alone may be cut off.
  const log = existsSync(folder.log) ? readFileSync(folder.log, 'utf8').split('\n').slice(0, -1) : [];
  for (const line of log) if (!isJson(line)) problems.push(`train.jsonl: ${line}`);
  return problems;
}

/** Names, at any depth, of unfinished files, locks and runs that lie aside. */
export const leftovers = (folder: string): string[] =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) =>
    /\.(partial|lock|replaced-run)$/.test(name),
  );

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
