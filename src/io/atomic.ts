import {
  closeSync,
  existsSync,
  fsyncSync,
  lstatSync,
  openSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { basename, dirname } from 'node:path';
import { FileError } from '../errors.js';
import { systemFileError } from './file-problem.js';
import { partialPath, removeAbandoned } from './partial-files.js';

/**
 * Replaces `path` by what `write` writes to the path that it is given, or leaves `path` as it was: the new bytes are
 * on the disk (fsync) before they take the old ones' place by a rename. A failed write leaves nothing behind; what a
 * killed process left is removed. A symbolic link stays, and the file that it leads to is replaced.
 * @throws FileError where something else than a regular file is there (a folder, a device, a pipe), or the disk is full, read-only or closed to us; whatever else `write` throws passes unchanged
 */
export async function replaceAtomically<T>(
  path: string,
  write: (temporaryPath: string) => T | Promise<T>,
): Promise<T> {
  const target = replaceable(path);
  const folder = dirname(target);
  removeAbandoned(folder, basename(target));
  const temporary = partialPath(target);
  try {
    // Made by us first, so that a folder that is missing or closed is reported in the system's own words.
    closeSync(openSync(temporary, 'wx'));
    const result = await write(temporary);
    flushToDisk(temporary);
    renameSync(temporary, target);
    flushFolder(folder);
    return result;
  } catch (error) {
    rmSync(temporary, { force: true });
    throw describeFailure(path, temporary, error);
  }
}

/** `replaceAtomically` for bytes or text that are at hand. */
export async function writeFileAtomic(path: string, data: string | Uint8Array): Promise<void> {
  await replaceAtomically(path, (temporary) => writeFileSync(temporary, data));
}

/** The file that a write to `path` replaces or makes: `path` itself, or what it leads to as a symbolic link. */
function replaceable(path: string): string {
  try {
    const isLink = lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink() ?? false;
    const there = statSync(path, { throwIfNoEntry: false });
    if (isLink && there === undefined) {
      throw new FileError(path, 'is a link that leads nowhere', 'Remove it, or give the path of a file');
    }
    if (there?.isDirectory()) {
      throw new FileError(path, 'is a folder, and a file would be written there', 'Give the path of a file');
    }
    if (there !== undefined && !there.isFile()) {
      throw new FileError(path, 'is a device or a pipe, not a regular file', 'Give the path of a file');
    }
    return isLink ? realpathSync(path) : path;
  } catch (error) {
    throw systemFileError(path, error) ?? error;
  }
}

function describeFailure(path: string, temporary: string, error: unknown): unknown {
  if (error instanceof FileError) {
    // The temporary name means nothing to the reader of the message.
    return error.file === temporary
      ? new FileError(path, error.problem, error.remedy, { cause: error })
      : error;
  }
  const failure = systemFileError(path, error);
  if (failure === null) return error;
  if (error instanceof Error && 'code' in error && error.code === 'ENOENT') {
    const folder = dirname(temporary);
    return existsSync(folder)
      ? new FileError(path, `the folder ${folder} takes no new files`, 'Choose another', { cause: error })
      : new FileError(path, `the folder ${folder} does not exist`, 'Make it first, or choose another', {
          cause: error,
        });
  }
  return failure;
}

function flushToDisk(path: string): void {
  const descriptor = openSync(path, 'r+');
  try {
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}

/** So that the rename itself outlives a power cut; systems that cannot flush a folder (Windows) do without. */
function flushFolder(folder: string): void {
  try {
    const descriptor = openSync(folder, 'r');
    try {
      fsyncSync(descriptor);
    } finally {
      closeSync(descriptor);
    }
  } catch {
    // The file is in place; only its survival of a power cut in the next seconds is less sure.
  }
}
