import { existsSync, rmdirSync } from 'node:fs';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { MOST_IN_MEMORY } from '../counts/cell-rows.js';
import { type Split, stratifiedSplit } from '../counts/stratified-split.js';
import { DataError } from '../errors.js';
import { replaceAtomically } from '../io/atomic.js';
import { type H5adFile, withH5ad } from '../io/h5ad-file.js';
import { makeFolder } from '../io/make-folder.js';
import { refuseToOverwrite } from '../io/overwrite.js';
import { readAnnotation, readH5ad, readingRemarks } from '../io/read.js';
import { writeH5ad } from '../io/write.js';
import { obviousLabelColumn, requireLabels } from './label-columns.js';
import { writeCellsInBlocks } from './split-in-blocks.js';
import { subsetCells } from './subset-cells.js';

export interface SplitOptions {
  /** Folder for train.h5ad and test.h5ad; made if it is missing. */
  readonly out: string;
  /** Share of the cells for test.h5ad, in (0, 1). */
  readonly testFraction?: number;
  /** obs column to stratify by; without one the obvious label column is used, if there is one. */
  readonly labelKey?: string;
  readonly seed?: number;
  /** Replace existing files. */
  readonly force?: boolean;
  readonly signal?: AbortSignal;
}

export interface SplitSummary {
  readonly train: { readonly file: string; readonly cells: number };
  readonly test: { readonly file: string; readonly cells: number };
  /** What the split was stratified by, or null. */
  readonly labelKey: string | null;
  readonly seed: number;
  /** What of the file was mended, left out or changed in type, a sentence each. */
  readonly warnings: readonly string[];
  /** Cells of each label in both parts, in order of appearance; null is a missing label. */
  readonly labels: readonly {
    readonly label: string | null;
    readonly train: number;
    readonly test: number;
  }[];
}

/**
 * Writes train.h5ad and test.h5ad, each with all that `readH5ad` reads of the file for its cells (graphs keep the edges
 * within a part); the summary's warnings tell what that leaves out. Both appear or neither.
 * @param mostInMemory stored values of all matrices above which cells are copied a few at a time
 * @throws FileError, OptionError; DataError for an unknown label column or a part without cells
 */
export async function split(
  path: string,
  options: SplitOptions,
  mostInMemory = MOST_IN_MEMORY,
): Promise<SplitSummary> {
  const { out, testFraction = 0.25, seed = 0, force = false, signal } = options;
  const trainFile = join(out, 'train.h5ad');
  const testFile = join(out, 'test.h5ad');
  refuseToOverwrite(trainFile, force);
  refuseToOverwrite(testFile, force);

  return withH5ad(path, async (file) => {
    const { obsColumns: obs } = file;
    const labelKey = options.labelKey ?? obviousLabelColumn(obs);
    const labels = labelKey === null ? null : requireLabels(obs, labelKey, path);
    const cells = obs.index.length;
    const parts = stratifiedSplit(labels, cells, testFraction, seed);
    if (parts.train.length === 0 || parts.test.length === 0) {
      throw new DataError(
        path,
        `${cells} cells are too few to set ${testFraction} of them aside`,
        'Give more cells, another --test-fraction, or a --label-key with fewer labels',
      );
    }
    const { write, warnings } = await copier(file, mostInMemory, signal);
    await inFolder(out, () => writeBoth({ train: trainFile, test: testFile }, parts, write, signal));
    return {
      train: { file: trainFile, cells: parts.train.length },
      test: { file: testFile, cells: parts.test.length },
      labelKey,
      seed,
      warnings,
      labels: labels === null ? [] : countBoth(labels, parts.train, parts.test),
    };
  });
}

/** Writes the given cells, ascending, to a new file. */
type Write = (path: string, rows: Int32Array) => Promise<void>;

/** Copies cells from memory where the file fits, else from the disk. */
async function copier(
  file: H5adFile,
  mostInMemory: number,
  signal: AbortSignal | undefined,
): Promise<{ readonly write: Write; readonly warnings: readonly string[] }> {
  const stored = file.matrices().reduce((sum, { storedValues }) => sum + storedValues, 0);
  if (stored <= mostInMemory) {
    const warnings: string[] = [];
    const data = await readH5ad(file.path, (sentence) => warnings.push(sentence));
    await letSignalsArrive(signal);
    return { warnings, write: (path, rows) => writeH5ad(path, subsetCells(data, rows), { force: true }) };
  }
  const annotation = readAnnotation(file);
  const wide = new Map(file.matrices().map(({ name }) => [name, file.isWide(name)]));
  const isWide = (matrix: string) => wide.get(matrix)!;
  return {
    warnings: readingRemarks(file, isWide),
    write: (path, rows) => writeCellsInBlocks(path, file, annotation, rows, isWide, mostInMemory, signal),
  };
}

/** Both are whole on the disk, under temporary names, before either takes its place. */
async function writeBoth(
  files: { readonly train: string; readonly test: string },
  parts: Split,
  write: Write,
  signal: AbortSignal | undefined,
): Promise<void> {
  await replaceAtomically(files.train, async (temporaryTrain) => {
    await write(temporaryTrain, parts.train);
    await letSignalsArrive(signal);
    await replaceAtomically(files.test, async (temporaryTest) => {
      await write(temporaryTest, parts.test);
      await letSignalsArrive(signal);
    });
  });
}

/** Makes the folder if need be, and takes it away again if the work fails and leaves it empty. */
async function inFolder(folder: string, work: () => Promise<void>): Promise<void> {
  const isNew = !existsSync(folder);
  makeFolder(folder);
  try {
    await work();
  } catch (error) {
    if (isNew) rmdirSync(folder);
    throw error;
  }
}

/** Reading and writing block the thread: an interruption is only heard between them. */
async function letSignalsArrive(signal: AbortSignal | undefined): Promise<void> {
  await setImmediate();
  signal?.throwIfAborted();
}

function countBoth(
  labels: readonly (string | null)[],
  train: Int32Array,
  test: Int32Array,
): SplitSummary['labels'] {
  const counts = new Map<string | null, { train: number; test: number }>(
    labels.map((label) => [label, { train: 0, test: 0 }]),
  );
  for (const cell of train) counts.get(labels[cell])!.train++;
  for (const cell of test) counts.get(labels[cell])!.test++;
  return [...counts].map(([label, cells]) => ({ label, ...cells }));
}
