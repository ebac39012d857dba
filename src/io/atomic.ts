import { randomBytes } from 'node:crypto';
import { closeSync, fsyncSync, openSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { FileError } from '../errors.js';
import { systemFileError } from './file-problem.js';

/** What marks an unfinished file: `.<name>.<eight hex digits>.partial`, in the folder of `<name>`. */
export const partialSuffix = '.partial';

/**
 * Replaces `path` by what `write` writes to the path that it is given, or leaves `path` as it was: the new bytes are
 * on the disk (fsync) before they take the old ones' place by a rename. A failed write leaves nothing behind.
 * @throws FileError where the disk is full, read-only or closed to us; whatever else `write` throws passes unchanged
 */
export async function replaceAtomically<T>(
  path: string,
  write: (temporaryPath: string) => T | Promise<T>,
): Promise<T> {
  const folder = dirname(path);
  const temporary = join(folder, `.${basename(path)}.${randomBytes(4).toString('hex')}${partialSuffix}`);
  try {
    refuseFolder(path);
    // Made by us first, so that a folder that is missing or closed is reported in the system's own words.
    closeSync(openSync(temporary, 'wx'));
    const result = await write(temporary);
    flushToDisk(temporary);
    renameSync(temporary, path);
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

function refuseFolder(path: string): void {
  if (statSync(path, { throwIfNoEntry: false })?.isDirectory()) {
    throw new FileError(path, 'is a folder, and a file would be written there', 'Give the path of a file');
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
    return new FileError(
      path,
      `the folder ${dirname(path)} does not exist`,
      'Make it first, or choose another',
      {
        cause: error,
      },
    );
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
