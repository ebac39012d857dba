import { accessSync, constants, statSync } from 'node:fs';
import { FileError } from '../errors.js';

const causes: ReadonlyMap<string, readonly [problem: string, remedy: string]> = new Map([
  ['ENOENT', ['no such file or folder', 'Check the path']],
  ['ENOTDIR', ['a part of the path is a file, not a folder', 'Check the path']],
  ['EISDIR', ['is a folder, not a file', 'Give the path of a file']],
  ['EACCES', ['permission denied', 'Check the permissions of the file and of its folder']],
  ['EPERM', ['permission denied', 'Check the permissions of the file and of its folder']],
  ['EROFS', ['the disk is read-only', 'Choose a folder that can be written to']],
  ['ENOSPC', ['no space left on the disk', 'Free some space, or write to another disk']],
  ['EDQUOT', ['the disk quota is used up', 'Free some space, or write to another disk']],
  ['EFBIG', ['the file is too large for this disk', 'Write to a disk that takes larger files']],
  ['EMFILE', ['too many files are open', 'Close some, or raise the limit (ulimit -n)']],
  ['EIO', ['the disk reports an input/output error', 'Check the disk, then try again']],
]);

/** Words by which the C library names the same causes inside an HDF5 message. */
const spoken: readonly (readonly [RegExp, string])[] = [
  [/no space left/i, 'ENOSPC'],
  [/quota exceeded/i, 'EDQUOT'],
  [/read-only file ?system/i, 'EROFS'],
  [/permission denied|operation not permitted/i, 'EACCES'],
  [/file too large/i, 'EFBIG'],
  [/too many open files|no file descriptors/i, 'EMFILE'],
];

/** The FileError that says in plain words what the operating system reported, or null where `error` is no such report. */
export function systemFileError(path: string, error: unknown): FileError | null {
  if (!(error instanceof Error)) return null;
  const code =
    'code' in error && typeof error.code === 'string'
      ? error.code
      : spoken.find(([words]) => words.test(error.message))?.[1];
  const cause = code === undefined ? undefined : causes.get(code);
  return cause ? new FileError(path, cause[0], cause[1], { cause: error }) : null;
}

/**
 * The size in bytes of a regular file that may be read.
 * @throws FileError for anything else
 */
export function readableFileSize(path: string): number {
  try {
    const stats = statSync(path);
    if (stats.isDirectory()) throw new FileError(path, 'is a folder, not a file', 'Give the path of a file');
    if (!stats.isFile()) throw new FileError(path, 'is not a regular file', 'Give the path of a file');
    accessSync(path, constants.R_OK);
    return stats.size;
  } catch (error) {
    throw systemFileError(path, error) ?? error;
  }
}
