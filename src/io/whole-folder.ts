import { existsSync, renameSync, rmSync } from 'node:fs';
import { basename, dirname, resolve } from 'node:path';
import { inPlaceOf, partialPath, removeAbandoned } from './partial-files.js';

/**
 * Writes several files into a folder: a new one appears whole or not at all, in one that is there each file is replaced by itself.
 * @param write into the folder that it is given, which may not exist yet
 * @throws what `write` throws; a FileError names the file in `out`
 */
export async function writeFolderWhole<T>(out: string, write: (folder: string) => Promise<T>): Promise<T> {
  if (existsSync(out)) return write(out);
  const target = resolve(out);
  removeAbandoned(dirname(target), basename(target));
  const unfinished = partialPath(target);
  try {
    const result = await write(unfinished);
    renameSync(unfinished, target);
    return result;
  } catch (error) {
    rmSync(unfinished, { recursive: true, force: true });
    throw inPlaceOf(unfinished, out, error);
  }
}
