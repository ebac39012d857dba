import { linkSync, readFileSync, renameSync, rmdirSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { FileError } from '../errors.js';
import { systemFileError } from './file-problem.js';
import { makeFolder, missingFolders } from './make-folder.js';
import { partialPath } from './partial-files.js';
import { isRunning, type ProcessIdentity, thisProcess } from './process-identity.js';

/** Gives a lock back. */
export type Release = () => void;

/**
 * Takes a folder for this process alone: `.<name>.lock` beside it names the process. The lock of a process that is no
 * longer there is taken over.
 * @throws FileError where another process has it, or the place takes no lock
 */
export function lockFolder(path: string): Release {
  const folder = resolve(path);
  const lock = join(dirname(folder), `.${basename(folder)}.lock`);
  const made = missingFolders(dirname(folder));
  makeFolder(dirname(folder));
  const removeMade = () => {
    for (const one of made) removeIfEmpty(one);
  };
  try {
    while (!take(lock)) removeAbandonedLock(path, lock);
  } catch (error) {
    removeMade();
    throw systemFileError(path, error) ?? error;
  }
  return () => {
    rmSync(lock, { force: true });
    removeMade();
  };
}

/** The lock appears with its content or not at all. */
function take(lock: string): boolean {
  const own = partialPath(lock);
  try {
    writeFileSync(own, JSON.stringify(thisProcess));
    linkSync(own, lock);
    return true;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return false;
    throw error;
  } finally {
    rmSync(own, { force: true });
  }
}

function removeAbandonedLock(path: string, lock: string): void {
  const aside = partialPath(lock);
  try {
    refuseLiving(path, lock, lock);
    renameSync(lock, aside);
    try {
      // Another process may have taken it over in the meantime.
      refuseLiving(path, lock, aside);
    } catch (error) {
      linkSync(aside, lock);
      throw error;
    }
  } catch (error) {
    // Gone already: the next attempt will tell.
    if (!(error instanceof Error && 'code' in error && error.code === 'ENOENT')) throw error;
  } finally {
    rmSync(aside, { force: true });
  }
}

function refuseLiving(path: string, lock: string, read: string): void {
  const owner = ownerOf(readFileSync(read, 'utf8'));
  if (owner === null || !isRunning(owner)) return;
  const isHere = owner.host === thisProcess.host;
  throw new FileError(
    path,
    `is in use by ${isHere ? `the process ${owner.pid}` : `a process of another machine (${owner.pid})`}`,
    isHere
      ? 'Wait for it, or choose another folder'
      : `Wait for it, or remove ${lock} if it is no longer there`,
  );
}

/** Null for a file that is no lock. */
function ownerOf(text: string): ProcessIdentity | null {
  try {
    const { host, pid, started }: Record<string, unknown> = Object(JSON.parse(text));
    const isSound = typeof host === 'string' && typeof pid === 'number' && typeof started === 'number';
    return isSound ? { host, pid, started } : null;
  } catch {
    return null;
  }
}

function removeIfEmpty(folder: string): void {
  try {
    rmdirSync(folder);
  } catch {
    // It is in use.
  }
}
