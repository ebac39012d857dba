import { readdirSync, rmSync } from 'node:fs';
import { basename, dirname, join, relative, sep } from 'node:path';
import { FileError } from '../errors.js';
import { isRunning, thisProcess } from './process-identity.js';

/** `.<name>.<host>-<pid>-<start>-<count>.partial`, beside the file or folder that is to come. */
const pattern = /^\.(.+)\.([0-9a-f]{8})-(\d+)-(\d+)-\d+\.partial$/;

let made = 0;

/** A path for what will be renamed to `target` when it is whole; nobody else has it. */
export function partialPath(target: string): string {
  const { host, pid, started } = thisProcess;
  made++;
  return join(dirname(target), `.${basename(target)}.${host}-${pid}-${started}-${made}.partial`);
}

/**
 * Removes what processes that are no longer there left unfinished in a folder.
 * @param name of one file or folder; all where none is given
 */
export function removeAbandoned(folder: string, name?: string): void {
  for (const entry of entriesOf(folder)) {
    const [, target, host = '', pid, started] = pattern.exec(entry) ?? [];
    if (target === undefined || (name !== undefined && target !== name)) continue;
    if (isRunning({ host, pid: Number(pid), started: Number(started) })) continue;
    rmSync(join(folder, entry), { recursive: true, force: true });
  }
}

/** An error with the files of an unfinished folder named as in `target`: the temporary name means nothing to the reader. */
export function inPlaceOf(unfinished: string, target: string, error: unknown): unknown {
  if (!(error instanceof FileError)) return error;
  const place = relative(unfinished, error.file);
  if (place.split(sep)[0] === '..') return error;
  return new FileError(join(target, place), error.problem, error.remedy, { cause: error });
}

/** Whether a name is that of an unfinished file. */
export const isPartial = (name: string): boolean => pattern.test(name);

function entriesOf(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    // A folder that cannot be listed holds nothing that we could remove; what is wrong with it is said where it is used.
    return [];
  }
}
