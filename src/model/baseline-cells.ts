import { drawGaussianPca, fitGaussianPca } from '../baselines/gaussian-pca.js';
import { drawPoissonPerLabel, fitPoissonPerLabel } from '../baselines/poisson-per-label.js';
import { type CellRows, someRows } from '../counts/cell-rows.js';
import { toCsr } from '../counts/csr.js';
import type { CsrMatrix } from '../io/anndata.js';
import type { Evaluation } from '../metrics/evaluation.js';
import { stream } from '../random/stream.js';

/** Cells of a simple generator. */
export interface BaselineCells {
  readonly name: string;
  readonly values: Evaluation['values'];
  readonly cells: CsrMatrix;
}

const components = 30;
/** Training cells that the generators are fitted to, drawn by the seed where there are more: more would hardly change them. */
const mostFitted = 20_000;

/**
 * Draws cells from the simple generators that a model should beat, fitted to training cells.
 * @param train cells x genes as compared, with the same cells log-normalised
 * @param allCodes label of each training cell, or null to fit all together
 * @param wanted label of each new cell; of one that no training cell has, the label of a random training cell is taken
 */
export function drawBaselines(
  train: { readonly values: CellRows; readonly logged: CellRows },
  kind: Evaluation['values'],
  allCodes: Int32Array | null,
  wanted: Int32Array,
  seed: number,
): BaselineCells[] {
  const { rows, of } = someRows(train.logged.rows, mostFitted, seed);
  const trainCodes = allCodes && rows.map((row) => allCodes[row]);
  const logged = of(train.logged);
  const known = new Set(trainCodes ?? [0]);
  const draws = stream(seed, 'labels of baseline cells');
  const codes = wanted.map((code) => {
    if (trainCodes === null) return 0;
    return known.has(code) ? code : trainCodes[draws.integer(trainCodes.length)];
  });
  const suffix = trainCodes === null ? '' : ' per label';
  const k = Math.min(components, logged.rows, logged.cols);
  const gaussian = drawGaussianPca(fitGaussianPca(logged, trainCodes, k, seed), codes, seed);
  return [
    ...(kind === 'counts'
      ? [
          {
            ...{ name: `Poisson${suffix}`, values: 'counts' as const },
            cells: drawPoissonPerLabel(fitPoissonPerLabel(of(train.values), trainCodes), codes, seed),
          },
        ]
      : []),
    { name: `Gaussian PCA${suffix}`, values: 'log-normalised', cells: toCsr(gaussian) },
  ];
}
