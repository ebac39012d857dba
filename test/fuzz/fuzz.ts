import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

export type SubjectKind = 'h5ad' | 'checked h5ad' | 'model' | 'description' | 'checkpoint' | 'config';

/** Read, refused in a sentence, or what else happened: another error's words, 'hang' or 'crash'. */
export type Fate = string;

export interface Fates {
  readonly read: number;
  readonly refused: number;
  /** Copies that were neither, with which they can be made again. */
  readonly unexpected: readonly { readonly copy: number; readonly fate: Fate }[];
}

const child = fileURLToPath(new URL('./open-damaged.js', import.meta.url));

/** No file of a few kilobytes takes so much of a processor; a busy machine may need many times as long for it. */
const hangSeconds = 20;
/** Where the system does not tell a process's time. */
const hangWallSeconds = 600;
const lookMilliseconds = 2000;

/** Opens `copies` damaged copies of a file in a process of their own, which is started anew after a hang or a crash. */
export async function fuzz(
  kind: SubjectKind,
  file: string,
  folder: string,
  copies: number,
  seed: number,
): Promise<Fates> {
  const fates = new Map<number, Fate>();
  while (fates.size < copies) {
    const first = fates.size;
    const how = await runFrom(
      first,
      [kind, file, folder, String(seed), String(first), String(copies)],
      fates,
    );
    if (fates.size < copies) fates.set(fates.size, how);
  }
  const all = [...fates].map(([copy, fate]) => ({ copy, fate }));
  return {
    read: all.filter(({ fate }) => fate === 'read').length,
    refused: all.filter(({ fate }) => fate === 'refused').length,
    unexpected: all.filter(({ fate }) => fate !== 'read' && fate !== 'refused'),
  };
}

/** How the process ended, where it did not come to its end. */
function runFrom(first: number, args: readonly string[], fates: Map<number, Fate>): Promise<Fate> {
  return new Promise((resolve, reject) => {
    const process_ = spawn(process.execPath, [child, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
    let hung = false;
    let errors = '';
    let latest = { cpu: 0, wall: performance.now() };
    const look = setInterval(() => {
      const cpu = cpuSeconds(process_.pid);
      const spent = cpu === null ? 0 : cpu - latest.cpu;
      if (spent < hangSeconds && performance.now() - latest.wall < 1000 * hangWallSeconds) return;
      hung = true;
      process_.kill('SIGKILL');
    }, lookMilliseconds);
    process_.stderr.setEncoding('utf8').on('data', (text: string) => {
      errors = (errors + text).slice(-400);
    });
    createInterface(process_.stdout).on('line', (line) => {
      latest = { cpu: cpuSeconds(process_.pid) ?? 0, wall: performance.now() };
      const { copy, fate } = JSON.parse(line) as { copy: number; fate: Fate };
      fates.set(copy, fate);
    });
    process_.on('error', reject);
    process_.on('close', (status, signal) => {
      clearInterval(look);
      if (fates.size === first && first === 0 && status === 1) reject(new Error(errors));
      else resolve(hung ? 'hang' : `crash (${signal ?? status}): ${errors}`);
    });
  });
}

/** User and system time of a process, in hundredths of a second in proc(5); null where there is no /proc. */
function cpuSeconds(pid: number | undefined): number | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return (Number(fields[11]) + Number(fields[12])) / 100;
  } catch {
    return null;
  }
}
