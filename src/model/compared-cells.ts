import { selectRows } from '../counts/csr.js';
import { librarySizes, log1p, medianLibrarySize, normaliseTotal } from '../counts/library-size.js';
import { DataError } from '../errors.js';
import type { CsrMatrix } from '../io/anndata.js';
import type { Evaluation } from '../metrics/evaluation.js';
import type { LabelledCells } from '../metrics/label-figures.js';
import { type PairSide, type PooledPair, pooledPair } from '../metrics/pooled-pair.js';
import { stream } from '../random/stream.js';
import { type BaselineCells, drawBaselines } from './baseline-cells.js';
import type { ComparableCells } from './comparable-cells.js';
import type { EvaluationSteps } from './evaluation-steps.js';
import type { SharedLabels } from './shared-labels.js';

/** Most cells of a side in a comparison. */
const mostCells = 2000;

/** Cells drawn from a file. */
interface DrawnSide {
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

/** What an evaluation compares. */
export interface ComparedCells {
  readonly labels: SharedLabels | null;
  readonly heldOut: DrawnSide;
  readonly generated: DrawnSide;
  /** All cells of each file. */
  readonly allReal: LabelledCells;
  readonly allGenerated: LabelledCells;
  readonly allTrain: LabelledCells | null;
  /** Training cells of the control, in its order; none without training cells. */
  readonly trainRows: Int32Array;
  /** Generated first, then, with training cells, control and baselines; all of as many cells. */
  readonly series: readonly ComparedSeries[];
}

/** Work of making one series, where that of the figures of a pair is 1. */
export const workOfPair = 0.2;

/** Series that there will be: generated, control, and two baselines of counts or one of logarithms. */
export const seriesCount = ({ train, values }: ComparableCells): number =>
  train === null ? 1 : values === 'counts' ? 4 : 3;

/**
 * Draws equal numbers of cells of every side and makes a pair with the held-out ones of each: 2,000 at most, shuffled by the seed.
 * @throws DataError where no real cell has counts; the signal's reason when it aborts
 */
export async function comparedCells(
  cells: ComparableCells,
  labels: SharedLabels | null,
  steps: EvaluationSteps,
  seed: number,
): Promise<ComparedCells> {
  const { real, generated, train, values } = cells;
  const count = Math.min(mostCells, real.rows, generated.rows, train?.rows ?? Number.POSITIVE_INFINITY);
  const codes = [real, generated, train].map(
    (matrix, file) => labels?.codes[file] ?? new Int32Array(matrix?.rows ?? 0).fill(-1),
  );
  const draw = (matrix: CsrMatrix, own: Int32Array, side: string): DrawnSide => {
    const all = Int32Array.from({ length: matrix.rows }, (_, row) => row);
    const rows = stream(seed, `${side} cells of an evaluation`).shuffle(all).slice(0, count);
    return { rows, values: selectRows(matrix, rows), codes: rows.map((row) => own[row]) };
  };
  const heldOut = draw(real, codes[0], 'held-out');
  const drawn = draw(generated, codes[1], 'generated');
  const target = values === 'counts' ? medianTotal(heldOut.values) : null;
  const logged = (matrix: CsrMatrix) => (target === null ? matrix : log1p(normaliseTotal(matrix, target)));
  const allTrain = train && { logged: logged(train), codes: codes[2] };
  const realLogged = logged(heldOut.values);

  const series: ComparedSeries[] = [];
  const add = async (role: ComparedSeries['role'], other: BaselineCells, own: Int32Array) => {
    // Of a baseline of logarithms the real side is given as logarithms too.
    const realValues = other.values === 'counts' ? heldOut.values : realLogged;
    const pair = await steps.step(`principal components with ${other.name}`, workOfPair, () =>
      pooledPair(realValues, other.cells, { values: other.values, seed }),
    );
    const labelled = (side: PairSide, sideCodes: Int32Array): LabelledCells => ({
      ...{ logged: side.logged, codes: side.rows.map((row) => sideCodes[row]) },
    });
    series.push({
      ...{ role, name: other.name, pair, values: other.values },
      ...{ heldOut: labelled(pair.real, heldOut.codes), other: labelled(pair.other, own) },
    });
  };
  await add('generated', { name: 'generated cells', values, cells: drawn.values }, drawn.codes);
  let trainRows = new Int32Array(0);
  if (train !== null && allTrain !== null) {
    const side = draw(train, codes[2], 'training');
    await add('control', { name: 'training cells', values, cells: side.values }, side.codes);
    trainRows = Int32Array.from(series[1].pair.other.rows, (row) => side.rows[row]);
    const trainCodes = labels === null ? null : allTrain.codes;
    const baselines = await steps.step('baselines', workOfPair, () =>
      drawBaselines({ values: train, logged: allTrain.logged }, values, trainCodes, heldOut.codes, seed),
    );
    for (const baseline of baselines) await add('baseline', baseline, heldOut.codes);
  }
  return {
    ...{ labels, heldOut, generated: drawn, series, allTrain, trainRows },
    allReal: { logged: logged(real), codes: codes[0] },
    allGenerated: { logged: logged(generated), codes: codes[1] },
  };
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
