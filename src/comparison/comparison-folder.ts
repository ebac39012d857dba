import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { FileError } from '../errors.js';
import { writeFileAtomic } from '../io/atomic.js';
import { FolderReplacement } from '../io/folder-replacement.js';
import { RunFolder } from '../model/run-folder.js';
import { budgetName } from './budget.js';
import type { Trial } from './comparison.js';

/** A JSON file that is there whole or not at all. */
export class JsonFile<T> {
  constructor(readonly path: string) {}

  get exists(): boolean {
    return existsSync(this.path);
  }

  /** @throws FileError where it is damaged */
  read(): T {
    try {
      return JSON.parse(readFileSync(this.path, 'utf8')) as T;
    } catch (cause) {
      throw new FileError(this.path, 'is damaged', 'Remove it, and what it tells is done again', { cause });
    }
  }

  write(value: T): Promise<void> {
    return writeFileAtomic(this.path, `${JSON.stringify(value, null, 2)}\n`);
  }
}

/** The folder of one data set: its split, and what real cells come to. */
export class DataSetFolder {
  constructor(readonly path: string) {}

  get train(): string {
    return join(this.path, 'train.h5ad');
  }

  get heldOut(): string {
    return join(this.path, 'test.h5ad');
  }

  /** Written after both files: with it, the split is whole. */
  file<T>(name: 'split.json' | 'real.json'): JsonFile<T> {
    return new JsonFile(join(this.path, name));
  }
}

/** The folder of one trial; with `result.json` it is done. */
export class TrialFolder {
  readonly run: RunFolder;

  constructor(readonly path: string) {
    this.run = new RunFolder(join(path, 'run'));
  }

  get generated(): string {
    return join(this.path, 'generated.h5ad');
  }

  file<T>(name: 'training.json' | 'generation.json' | 'result.json'): JsonFile<T> {
    return new JsonFile(join(this.path, name));
  }

  /** What only generation needs, hundreds of megabytes; config.json is left, from which a run can be repeated. */
  dropWeights(): void {
    for (const path of [this.run.model, this.run.denoiser, this.run.readout]) rmSync(path, { force: true });
  }
}

/** Where everything of a comparison lies. */
export class ComparisonFolder {
  readonly replacement: FolderReplacement;

  constructor(readonly path: string) {
    this.replacement = new FolderReplacement(path, 'comparison');
  }

  get plan(): string {
    return join(this.path, 'plan.json');
  }

  dataSet(name: string): DataSetFolder {
    return new DataSetFolder(join(this.path, name));
  }

  trial({ dataSet, model, budget, seed }: Trial): TrialFolder {
    return new TrialFolder(join(this.path, dataSet, model, budgetName(budget), `seed-${seed}`));
  }
}
