import { existsSync, rmdirSync } from 'node:fs';
import { join } from 'node:path';
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
import { type WorkProgress, WorkSteps } from './work-steps.js';

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
  readonly onProgress?: (progress: WorkProgress) => void;
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

/** Work of reading a cell, where that of writing it is 1. */
const READING = 0.3;

/**
 * Writes train.h5ad and test.h5ad, each with all that `readH5ad` reads of the file for its cells (graphs keep the edges
 * within a part); the summary's warnings tell what that leaves out. Both appear or neither.
 * @param mostInMemory stored values of all matrices above which cells are copied a few at a time
 * @throws FileError, OptionError; DataError for an unknown label column or a part without cells; the signal's reason when it aborts
 */
export async function split(
  path: string,
  options: SplitOptions,
  mostInMemory = MOST_IN_MEMORY,
): Promise<SplitSummary> {
  const { out, testFraction = 0.25, seed = 0, force = false, signal, onProgress } = options;
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
    const steps = new WorkSteps(cells * (1 + 3 * READING), signal, onProgress);
    const reading = cells * READING;
    const { write, warnings } = await steps.step('reading', reading, () =>
      copier(file, mostInMemory, signal),
    );
    // Where the file is not in memory it is read once more for each part.
    const writePart = (part: keyof Split, partPath: string): Promise<void> => {
      const [doing, work] = [`writing ${part}.h5ad`, reading + parts[part].length];
      return steps.step(doing, work, () =>
        write(partPath, parts[part], (share) => steps.part(doing, work * share)),
      );
    };
    await inFolder(out, () => writeBoth({ train: trainFile, test: testFile }, writePart, steps));
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

/** Writes the given cells, ascending, to a new file; block by block it tells the share of the work that is done. */
type Write = (path: string, rows: Int32Array, tell: (share: number) => void) => Promise<void>;

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
    return { warnings, write: (path, rows) => writeH5ad(path, subsetCells(data, rows), { force: true }) };
  }
  const annotation = await readAnnotation(file);
  const wide = new Map<string, boolean>();
  for (const { name } of file.matrices()) wide.set(name, await file.isWide(name));
  const isWide = (matrix: string) => wide.get(matrix)!;
  return {
    warnings: readingRemarks(file, isWide),
    write: (path, rows, tell) =>
      writeCellsInBlocks(path, file, annotation, rows, { isWide, mostInMemory, signal, tell }),
  };
}

/** Both are whole on the disk, under temporary names, before either takes its place. */
async function writeBoth(
  files: { readonly train: string; readonly test: string },
  writePart: (part: keyof Split, path: string) => Promise<void>,
  steps: WorkSteps,
): Promise<void> {
  await replaceAtomically(files.train, async (temporaryTrain) => {
    await writePart('train', temporaryTrain);
    await replaceAtomically(files.test, async (temporaryTest) => {
      await writePart('test', temporaryTest);
      await steps.step('finishing', 0, () => undefined);
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
