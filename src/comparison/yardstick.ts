import type { CellRows } from '../counts/cell-rows.js';
import { toCsr } from '../counts/csr.js';
import type { AnnData } from '../io/anndata.js';
import { readH5ad } from '../io/read.js';
import { copyingControl } from '../metrics/copying.js';
import type { Estimate } from '../metrics/evaluation.js';
import type { FigureKey } from '../metrics/figures.js';
import { exactCopies } from '../metrics/memorisation.js';
import { seriesCount } from '../model/compared-cells.js';
import {
  controlAndBaselines,
  drawSide,
  type HeldOutReference,
  heldOutReference,
  type RealSeries,
  type RealSide,
  seriesBeside,
  workOfPair,
} from '../model/compared-series.js';
import { type MeasuredSeries, measureSeries, workOfSeries } from '../model/measured-series.js';
import { measureAll } from '../model/series-threads.js';
import { sharedLabels } from '../model/shared-labels.js';
import { type WorkProgress, WorkSteps } from '../model/work-steps.js';
import { type SeriesFigures, type SplitRecord, type StoredFigures, storedEstimate } from './comparison.js';
import type { DataSetFolder } from './comparison-folder.js';
import { comparableValues } from './generated-values.js';

export interface MeasureOptions {
  readonly seed: number;
  readonly threads: number;
  readonly signal: AbortSignal | undefined;
  readonly onProgress: (progress: WorkProgress) => void;
}

/** What real cells and simple generators come to. */
export interface RealFigures {
  readonly control: SeriesFigures;
  readonly baselines: readonly SeriesFigures[];
}

/** The held-out cells of a split, and all that is measured once for every model and seed. */
export interface Yardstick {
  readonly reference: HeldOutReference;
  readonly genes: readonly string[];
  readonly train: CellRows;
  readonly files: readonly { readonly file: string; readonly data: Pick<AnnData, 'obs'> }[];
  readonly labelKey: string | null;
  readonly real: Pick<RealSeries, 'allTrain' | 'trainRows'>;
}

/** Reads a split, and measures control and baselines unless they are measured. */
export async function yardstickOf(
  folder: DataSetFolder,
  split: SplitRecord,
  options: MeasureOptions,
): Promise<Yardstick> {
  const [heldOutData, trainData] = [await readH5ad(folder.heldOut), await readH5ad(folder.train)];
  const files = [
    { file: folder.heldOut, data: { obs: heldOutData.obs } },
    { file: folder.train, data: { obs: trainData.obs } },
  ];
  const labels = split.labelKey === null ? null : sharedLabels(files, split.labelKey);
  const side = (data: AnnData, file: number): RealSide => {
    const cells = toCsr(data.X!);
    return { cells, codes: labels?.codes[file] ?? new Int32Array(cells.rows).fill(-1) };
  };
  const train = side(trainData, 1);
  const count = seriesCount({ train: train.cells, values: split.values }) - 1;
  const measured = folder.file<RealFigures>('real.json');
  const work = (count + 1) * workOfPair + (measured.exists ? 0 : count * workOfSeries);
  const steps = new WorkSteps(work, options.signal, options.onProgress);
  const { seed } = options;
  const reference = heldOutReference(side(heldOutData, 0), split.values, split.compared, seed);
  const { series, ...real } = await controlAndBaselines(reference, train, labels !== null, steps);
  if (!measured.exists) {
    const { threads, signal } = options;
    const threading = { seed, threads, ...(signal && { signal }) };
    await measured.write(realFigures(await measureAll({ series, labels, ...real }, steps, threading)));
  }
  return {
    ...{ reference, genes: heldOutData.var.index, train: train.cells, files },
    ...{ labelKey: split.labelKey, real },
  };
}

function realFigures([control, ...baselines]: readonly MeasuredSeries[]): RealFigures {
  const nearest = baselines.find((baseline) => baseline.nearest !== null)?.nearest;
  const copying = nearest ? { nearer_share: copyingControl(nearest) } : {};
  return {
    control: { name: 'Real training cells', figures: stored({ ...control.estimates, ...copying }) },
    baselines: baselines.map(({ name, estimates }) => ({ name, figures: stored(estimates) })),
  };
}

/**
 * Measures generated cells beside the held-out ones.
 * @param targetSum total that the model's logarithms were normalised to; null where it learned logarithms of a file
 */
export async function measureGenerated(
  yardstick: Yardstick,
  file: string,
  targetSum: number | null,
  options: MeasureOptions,
): Promise<StoredFigures> {
  const { reference, genes, files, labelKey, real, train } = yardstick;
  const data = await readH5ad(file);
  const labels = labelKey === null ? null : sharedLabels([...files, { file, data }], labelKey);
  const { values, cells } = comparableValues(data, genes, reference, targetSum);
  const all = { cells, codes: labels?.codes[2] ?? new Int32Array(cells.rows).fill(-1) };
  const drawn = drawSide(all, reference.heldOut.rows.length, options.seed, 'generated');
  const steps = new WorkSteps(workOfPair + workOfSeries, options.signal, options.onProgress);
  const other = { name: 'generated cells', values, cells: drawn.values };
  const series = await steps.step('principal components', workOfPair, () =>
    seriesBeside(reference, 'generated', other, drawn.codes),
  );
  const { estimates } = await measureSeries(series, { labels, ...real }, steps, options.seed);
  return stored({
    ...estimates,
    // Logarithms of a network equal no cell to the last bit.
    ...(values === 'counts' && {
      exact_copies: {
        ...{ value: exactCopies(all.cells, train).length / cells.rows, interval: null, n: cells.rows },
      },
    }),
  });
}

function stored(estimates: Partial<Record<FigureKey, Estimate>>): StoredFigures {
  return Object.fromEntries(
    Object.entries(estimates).map(([key, estimate]) => [key, storedEstimate(estimate)]),
  );
}
