import { allRows, type CellRows, changeRows, type RowChange, takeRows } from '../counts/cell-rows.js';
import { librarySizes, medianLibrarySize } from '../counts/library-size.js';
import { DataError } from '../errors.js';
import type { CsrMatrix } from '../io/anndata.js';
import type { Evaluation } from '../metrics/evaluation.js';
import type { LabelledCells } from '../metrics/label-figures.js';
import { type PairSide, type PooledPair, pooledPair } from '../metrics/pooled-pair.js';
import { stream } from '../random/stream.js';
import { type BaselineCells, drawBaselines } from './baseline-cells.js';
import type { Steps } from './work-steps.js';

/** Cells drawn from a file. */
export interface DrawnSide {
  /** Their positions in the file. */
  readonly rows: Int32Array;
  readonly values: CsrMatrix;
  /** Label of each, -1 without one. */
  readonly codes: Int32Array;
}

/** Held-out cells beside generated ones, training ones or those of a baseline. */
export interface ComparedSeries {
  readonly role: 'generated' | 'control' | 'baseline';
  readonly name: string;
  readonly pair: PooledPair;
  readonly values: Evaluation['values'];
  /** Held-out cells of the pair, the same in every series, and the other ones. */
  readonly heldOut: LabelledCells;
  readonly other: LabelledCells;
}

/** Real cells of one kind with the label of each, -1 without one. */
export interface RealSide {
  readonly cells: CellRows;
  readonly codes: Int32Array;
}

/** All cells of a file, log-normalised, and the position of each one's label, -1 without one. */
export interface LabelledRows {
  readonly logged: CellRows;
  readonly codes: Int32Array;
}

/** The held-out cells that every series lies beside, and how values come onto their scale. */
export interface HeldOutReference {
  readonly values: Evaluation['values'];
  readonly heldOut: DrawnSide;
  /** The held-out cells, log-normalised. */
  readonly logged: CsrMatrix;
  /** Total that counts are scaled to before the logarithm: the held-out median; null for values that are logarithms already. */
  readonly target: number | null;
  readonly seed: number;
}

/** Work of making one series, where that of the figures of a pair is 1. */
export const workOfPair = 0.2;

/**
 * Draws the held-out cells of a comparison.
 * @param count cells of each side
 * @throws DataError where none has counts
 */
export function heldOutReference(
  real: RealSide,
  values: Evaluation['values'],
  count: number,
  seed: number,
): HeldOutReference {
  const heldOut = drawSide(real, count, seed, 'held-out');
  const target = values === 'counts' ? medianTotal(heldOut.values) : null;
  return { values, heldOut, logged: allRows(onScale(heldOut.values, target)), target, seed };
}

/** `count` cells of a side, shuffled by the seed. */
export function drawSide({ cells, codes }: RealSide, count: number, seed: number, side: string): DrawnSide {
  const all = Int32Array.from({ length: cells.rows }, (_, row) => row);
  const rows = stream(seed, `${side} cells of an evaluation`).shuffle(all).slice(0, count);
  return { rows, values: takeRows(cells, rows), codes: rows.map((row) => codes[row]) };
}

/** Counts log-normalised to a total; logarithms as they are. */
export function onScale(cells: CellRows, target: HeldOutReference['target']): CellRows {
  const scaled: RowChange[] = target === null ? [] : [{ kind: 'total', target }, { kind: 'log1p' }];
  return changeRows(cells, scaled);
}

/** Makes a series of cells on the reference's genes. */
export function seriesBeside(
  { heldOut, logged, values, seed }: HeldOutReference,
  role: ComparedSeries['role'],
  other: BaselineCells,
  codes: Int32Array,
): ComparedSeries {
  // Of other cells that are logarithms the real side is given as logarithms too.
  const realValues = other.values === values ? heldOut.values : logged;
  const pair = pooledPair(realValues, other.cells, { values: other.values, seed });
  const labelled = (side: PairSide, own: Int32Array): LabelledCells => ({
    ...{ logged: side.logged, codes: side.rows.map((row) => own[row]) },
  });
  return {
    ...{ role, name: other.name, pair, values: other.values },
    ...{ heldOut: labelled(pair.real, heldOut.codes), other: labelled(pair.other, codes) },
  };
}

/** Series that stand beside every generated one, and what figures need of the training cells. */
export interface RealSeries {
  readonly series: readonly ComparedSeries[];
  readonly allTrain: LabelledRows;
  /** Training cells of the control, in its order. */
  readonly trainRows: Int32Array;
}

/**
 * The control (training cells) and the simple generators, fitted to the training cells.
 * @param hasLabels whether generators are fitted label by label
 * @throws the signal's reason when it aborts
 */
export async function controlAndBaselines(
  reference: HeldOutReference,
  train: RealSide,
  hasLabels: boolean,
  steps: Steps,
): Promise<RealSeries> {
  const { heldOut, values, target, seed } = reference;
  const allTrain = { logged: onScale(train.cells, target), codes: train.codes };
  const side = drawSide(train, heldOut.rows.length, seed, 'training');
  const series: ComparedSeries[] = [];
  const add = async (role: ComparedSeries['role'], other: BaselineCells, codes: Int32Array) => {
    series.push(
      await steps.step(`principal components with ${other.name}`, workOfPair, () =>
        seriesBeside(reference, role, other, codes),
      ),
    );
  };
  await add('control', { name: 'training cells', values, cells: side.values }, side.codes);
  const trainRows = Int32Array.from(series[0].pair.other.rows, (row) => side.rows[row]);
  const baselines = await steps.step('baselines', workOfPair, () =>
    drawBaselines(
      { values: train.cells, logged: allTrain.logged },
      values,
      hasLabels ? train.codes : null,
      heldOut.codes,
      seed,
    ),
  );
  for (const baseline of baselines) await add('baseline', baseline, heldOut.codes);
  return { series, allTrain, trainRows };
}

function medianTotal(real: CsrMatrix): number {
  const target = medianLibrarySize(librarySizes(real));
  if (target > 0) return target;
  throw new DataError(
    'the real cells',
    'none has counts of the shared genes',
    'Give files that share more genes',
  );
}
