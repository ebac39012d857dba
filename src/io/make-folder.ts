import { existsSync, mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { systemFileError } from './file-problem.js';

/** The folders that `makeFolder` would make, the innermost first. */
export function missingFolders(path: string): string[] {
  if (existsSync(path)) return [];
  return [path, ...missingFolders(dirname(path))];
}

/**
 * Makes a folder and those above it. Level by level, since Node's own recursive way never returns where a file
 * system answers "no such file" to a folder that it will not have made.
 * @throws FileError in plain words
 */
export function makeFolder(path: string): void {
  if (existsSync(path)) return;
  const parent = dirname(path);
  if (parent !== path) makeFolder(parent);
  try {
    mkdirSync(path);
  } catch (error) {
    throw systemFileError(path, error) ?? error;
  }
}
