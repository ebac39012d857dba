import { existsSync, renameSync, rmSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { systemFileError } from './file-problem.js';
import { makeFolder } from './make-folder.js';
import { inPlaceOf, partialPath } from './partial-files.js';

/** A folder that is made anew where an older one may be: the older one lies aside until the new one is worth as much. */
export class FolderReplacement {
  /** @param kind of folder, part of the name that the older one gets meanwhile */
  constructor(
    private readonly path: string,
    private readonly kind: string,
  ) {}

  /** A name that no user gives a folder. */
  get aside(): string {
    const path = resolve(this.path);
    return join(dirname(path), `.${basename(path)}.replaced-${this.kind}`);
  }

  /**
   * Makes the folder; what it replaces moves aside until `discard` or `withdraw`.
   * @param isWorthKeeping whether what is there now is more than an attempt to replace what lies aside
   * @param fill writes what the folder appears with
   * @returns where the older folder lies, null where there is none
   */
  begin(isWorthKeeping: boolean, fill: (folder: string) => void): string | null {
    const hadFolder = existsSync(this.path);
    const begun = partialPath(resolve(this.path));
    try {
      makeFolder(begun);
      fill(begun);
      if (hadFolder) {
        const isAttempt = existsSync(this.aside) && !isWorthKeeping;
        rmSync(isAttempt ? this.path : this.aside, { recursive: true, force: true });
        if (!isAttempt) renameSync(this.path, this.aside);
      }
      renameSync(begun, this.path);
      return existsSync(this.aside) ? this.aside : null;
    } catch (error) {
      rmSync(begun, { recursive: true, force: true });
      if (hadFolder) this.bringBack();
      throw systemFileError(this.path, error) ?? inPlaceOf(begun, this.path, error);
    }
  }

  /** Takes `begin` back. */
  withdraw(): void {
    rmSync(this.path, { recursive: true, force: true });
    this.bringBack();
  }

  /** The older folder takes its place again where nothing has come into it. */
  bringBack(): void {
    if (!existsSync(this.path) && existsSync(this.aside)) renameSync(this.aside, this.path);
  }

  discard(): void {
    rmSync(this.aside, { recursive: true, force: true });
  }
}
