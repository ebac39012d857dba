import {
  accessSync,
  constants,
  linkSync,
  readFileSync,
  renameSync,
  rmdirSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { FileError } from '../errors.js';
import { systemFileError } from './file-problem.js';
import { makeFolder, missingFolders } from './make-folder.js';
import { partialPath, removeAbandoned } from './partial-files.js';
import { isRunning, type ProcessIdentity, thisProcess } from './process-identity.js';

/** Another process works on the folder. */
export class FolderInUseError extends FileError {}

/** Gives a lock back. */
export type Release = () => void;

/**
 * Takes a folder for this process alone: `.<name>.lock` beside it, or `.lock` in it where the place beside is closed, names the process. The lock of a process that is no
 * longer there is taken over.
 * @throws FolderInUseError where another process has it; FileError where the place takes no lock
 */
export function lockFolder(path: string): Release {
  const folder = resolve(path);
  const lock =
    isOpen(dirname(folder)) || !isOpen(folder)
      ? join(dirname(folder), `.${basename(folder)}.lock`)
      : join(folder, '.lock');
  const made = missingFolders(dirname(folder));
  makeFolder(dirname(folder));
  const removeMade = () => {
    for (const one of made) removeIfEmpty(one);
  };
  try {
    // Of processes that were killed as they took it.
    removeAbandoned(dirname(lock), basename(lock));
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
    appear(own, lock);
    return true;
  } catch (error) {
    if (isOneOf(error, ['EEXIST'])) return false;
    throw error;
  } finally {
    rmSync(own, { force: true });
  }
}

/** Where there are no hard links, the lock is empty for a moment, and whoever reads it then takes it for none. */
function appear(own: string, lock: string): void {
  try {
    linkSync(own, lock);
  } catch (error) {
    if (!isOneOf(error, ['EPERM', 'ENOSYS', 'ENOTSUP', 'EOPNOTSUPP'])) throw error;
    writeFileSync(lock, JSON.stringify(thisProcess), { flag: 'wx' });
  }
}

/** Whether files can be made in a folder, or the folder itself where its parent is open. */
function isOpen(folder: string): boolean {
  try {
    accessSync(folder, constants.W_OK);
    return true;
  } catch (error) {
    return isOneOf(error, ['ENOENT']) && dirname(folder) !== folder && isOpen(dirname(folder));
  }
}

const isOneOf = (error: unknown, codes: readonly string[]): boolean =>
  error instanceof Error && 'code' in error && codes.includes(error.code as string);

function removeAbandonedLock(path: string, lock: string): void {
  const aside = partialPath(lock);
  try {
    refuseLiving(path, lock, lock);
    renameSync(lock, aside);
    try {
      // Another process may have taken it over in the meantime.
      refuseLiving(path, lock, aside);
    } catch (error) {
      appear(aside, lock);
      throw error;
    }
  } catch (error) {
    // Gone already: the next attempt will tell.
    if (!isOneOf(error, ['ENOENT'])) throw error;
  } finally {
    rmSync(aside, { force: true });
  }
}

function refuseLiving(path: string, lock: string, read: string): void {
  const owner = ownerOf(readFileSync(read, 'utf8'));
  if (owner === null || !isRunning(owner)) return;
  const isHere = owner.host === thisProcess.host;
  throw new FolderInUseError(
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
