import { selectRows, toCsr } from '../counts/csr.js';
import type { Matrix } from '../io/anndata.js';
import { fitLogistic, predictLogistic } from './logistic.js';
import { fitForest, predictForest } from './random-forest.js';
import { sortColumns } from './sorted-columns.js';

/** Cells with the labels that they have, or were asked to have. */
export interface LabelledFeatures {
  /** cells x features: log-normalised genes, or principal components of all the cells that meet here. */
  readonly features: Matrix;
  /** Position of each cell's label, -1 without one. */
  readonly codes: Int32Array;
}

/** Learns labels from cells; the function that comes back gives probabilities, cells x labels. */
export type LabelTrainer = (
  features: Matrix,
  codes: Int32Array,
  labels: number,
) => (features: Matrix) => Float64Array;

/** How often a classifier says the label that a cell has or was asked to have. */
export interface LabelAgreement {
  /** Share of all labelled cells; in [0, 1], 1 is best. NaN without labelled cells. */
  readonly overall: number;
  /** The same for the cells of each label, null where there are none. */
  readonly perLabel: readonly (number | null)[];
  /** Cells of each label. */
  readonly cells: Int32Array;
}

export interface LabelTransfer {
  /** Trained on real training cells, tested on held-out ones: what the other two are measured by. */
  readonly heldOut: LabelAgreement;
  /** Trained on real training cells, asked about generated ones. */
  readonly generated: LabelAgreement;
  /** Trained on generated cells, tested on held-out ones. */
  readonly syntheticToReal: LabelAgreement;
}

/** Multinomial logistic regression, for principal components; see `fitLogistic`. */
export const logisticLabels: LabelTrainer = (features, codes, labels) => {
  const model = fitLogistic(features, codes, labels);
  return (others) => predictLogistic(model, others);
};

/** Random forest, for genes or components; see `fitForest`. */
export function forestLabels(trees: number, seed: number): LabelTrainer {
  return (features, codes, labels) => {
    const rows = Int32Array.from(codes.keys());
    const forest = fitForest(sortColumns(features), codes, labels, rows, trees, seed);
    return (others) => predictForest(forest, others);
  };
}

/**
 * Whether generated cells carry the labels that they were asked for: a classifier of real labels asked about them, and a
 * classifier trained on them tested on real cells (as in train on synthetic, test on real: Esteban and others 2017).
 * Cells without a label are left out. Cost: two trainings.
 * @param labels number of labels, at least 2
 * @throws DataError where the training or the generated cells are all of one label, and the trainer needs two
 */
export function labelTransfer(
  train: LabelledFeatures,
  heldOut: LabelledFeatures,
  generated: LabelledFeatures,
  labels: number,
  trainer: LabelTrainer,
): LabelTransfer {
  const [real, tested, synthetic] = [train, heldOut, generated].map(labelledOnly);
  const byReal = trainer(real.features, real.codes, labels);
  const bySynthetic = trainer(synthetic.features, synthetic.codes, labels);
  return {
    heldOut: agreement(byReal(tested.features), tested.codes, labels),
    generated: agreement(byReal(synthetic.features), synthetic.codes, labels),
    syntheticToReal: agreement(bySynthetic(tested.features), tested.codes, labels),
  };
}

function labelledOnly({ features, codes }: LabelledFeatures): LabelledFeatures {
  const rows = Int32Array.from(codes.keys()).filter((cell) => codes[cell] >= 0);
  return { features: selectRows(toCsr(features), rows), codes: codes.filter((code) => code >= 0) };
}

/** Of equally probable labels the first counts as said. */
function agreement(probabilities: Float64Array, codes: Int32Array, labels: number): LabelAgreement {
  const cells = new Int32Array(labels);
  const right = new Int32Array(labels);
  codes.forEach((code, cell) => {
    const row = probabilities.subarray(cell * labels, (cell + 1) * labels);
    cells[code]++;
    if (row.indexOf(Math.max(...row)) === code) right[code]++;
  });
  return {
    overall: right.reduce((sum, count) => sum + count, 0) / codes.length,
    perLabel: Array.from(cells, (count, label) => (count > 0 ? right[label] / count : null)),
    cells,
  };
}
