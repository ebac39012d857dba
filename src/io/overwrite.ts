import { existsSync } from 'node:fs';
import { FileError } from '../errors.js';

/** @throws FileError where something exists at `path` and `force` is not set. */
export function refuseToOverwrite(path: string, force: boolean): void {
  if (force || !existsSync(path)) return;
  throw new FileError(path, 'exists already', 'Choose another name, or pass --force to replace it');
}
