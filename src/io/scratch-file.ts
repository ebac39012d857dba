import { closeSync, openSync, readSync, rmSync, unlinkSync, writeSync } from 'node:fs';
import { basename, dirname, resolve } from 'node:path';
import { FileError } from '../errors.js';
import { systemFileError } from './file-problem.js';
import { partialPath, removeAbandoned } from './partial-files.js';

/** Bytes on the disk for as long as the process works with them; plain data, so that other threads can read them too. */
export interface ScratchFile {
  readonly descriptor: number;
  /** What the bytes are for, for messages. */
  readonly owner: string;
  /** Where the file still has a name, because the system does not take it from an open file. */
  readonly path: string | null;
}

/**
 * Makes a scratch file beside `owner`. It loses its name at once: the system takes its space back when the process ends, however
 * that comes about, so nothing of it is ever left behind.
 * @throws FileError in plain words
 */
export function makeScratchFile(owner: string): ScratchFile {
  const target = resolve(owner);
  removeAbandoned(dirname(target), basename(target));
  const path = partialPath(target);
  try {
    const descriptor = openSync(path, 'wx+');
    return { descriptor, owner, path: nameless(path) ? null : path };
  } catch (error) {
    throw systemFileError(owner, error) ?? error;
  }
}

function nameless(path: string): boolean {
  try {
    unlinkSync(path);
    return true;
  } catch {
    return false;
  }
}

/** Appends all of `bytes`. @throws FileError where the disk is full or fails */
export function appendToScratch({ descriptor, owner }: ScratchFile, bytes: Uint8Array): void {
  try {
    for (let at = 0; at < bytes.length; ) at += writeSync(descriptor, bytes, at);
  } catch (error) {
    throw systemFileError(owner, error) ?? error;
  }
}

/** Fills `bytes` from `position` on. @throws FileError where the file is shorter, or the disk fails */
export function readScratch({ descriptor, owner }: ScratchFile, bytes: Uint8Array, position: number): void {
  try {
    for (let at = 0; at < bytes.length; ) {
      const read = readSync(descriptor, bytes, at, bytes.length - at, position + at);
      if (read === 0) {
        throw new FileError(owner, 'its scratch file was cut short', 'Check the disk, then try again');
      }
      at += read;
    }
  } catch (error) {
    throw systemFileError(owner, error) ?? error;
  }
}

/** Gives the space back. */
export function closeScratch({ descriptor, path }: ScratchFile): void {
  closeSync(descriptor);
  if (path !== null) rmSync(path, { force: true });
}
