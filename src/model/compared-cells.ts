import type { ComparableCells } from './comparable-cells.js';
import {
  type ComparedSeries,
  controlAndBaselines,
  type DrawnSide,
  drawSide,
  heldOutReference,
  type LabelledRows,
  onScale,
  seriesBeside,
  workOfPair,
} from './compared-series.js';
import type { SharedLabels } from './shared-labels.js';
import type { WorkSteps } from './work-steps.js';

/** Most cells of a side in a comparison. */
export const mostCells = 2000;

/** What an evaluation compares. */
export interface ComparedCells {
  readonly labels: SharedLabels | null;
  readonly heldOut: DrawnSide;
  readonly generated: DrawnSide;
  /** All cells of each file. */
  readonly allReal: LabelledRows;
  readonly allGenerated: LabelledRows;
  readonly allTrain: LabelledRows | null;
  /** Training cells of the control, in its order; none without training cells. */
  readonly trainRows: Int32Array;
  /** Generated first, then, with training cells, control and baselines; all of as many cells. */
  readonly series: readonly ComparedSeries[];
}

/** Series that there will be: generated, control, and two baselines of counts or one of logarithms. */
export const seriesCount = ({ train, values }: Pick<ComparableCells, 'train' | 'values'>): number =>
  train === null ? 1 : values === 'counts' ? 4 : 3;

/**
 * Draws equal numbers of cells of every side and makes a pair with the held-out ones of each: 2,000 at most, shuffled by the seed.
 * @throws DataError where no real cell has counts; the signal's reason when it aborts
 */
export async function comparedCells(
  cells: ComparableCells,
  labels: SharedLabels | null,
  steps: WorkSteps,
  seed: number,
): Promise<ComparedCells> {
  const { real, generated, train, values } = cells;
  const count = Math.min(mostCells, real.rows, generated.rows, train?.rows ?? Number.POSITIVE_INFINITY);
  const [ofReal, ofGenerated, ofTrain] = [real, generated, train].map(
    (matrix, file) => labels?.codes[file] ?? new Int32Array(matrix?.rows ?? 0).fill(-1),
  );
  const reference = heldOutReference({ cells: real, codes: ofReal }, values, count, seed);
  const drawn = drawSide({ cells: generated, codes: ofGenerated }, count, seed, 'generated');
  const other = { name: 'generated cells', values, cells: drawn.values };
  const own = await steps.step('principal components with generated cells', workOfPair, () =>
    seriesBeside(reference, 'generated', other, drawn.codes),
  );
  const beside =
    train === null
      ? { series: [], allTrain: null, trainRows: new Int32Array(0) }
      : await controlAndBaselines(reference, { cells: train, codes: ofTrain }, labels !== null, steps);
  return {
    ...{ labels, heldOut: reference.heldOut, generated: drawn, ...beside, series: [own, ...beside.series] },
    allReal: { logged: onScale(real, reference.target), codes: ofReal },
    allGenerated: { logged: onScale(generated, reference.target), codes: ofGenerated },
  };
}
