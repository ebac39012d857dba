import { concatRows, toCsr } from '../counts/csr.js';
import type { CsrMatrix, DenseMatrix } from '../io/anndata.js';
import { auroc } from './auroc.js';
import type { Estimate } from './evaluation.js';
import type { Measurement, Measurements } from './measurement.js';
import { type NearestTraining, nearestTraining } from './memorisation.js';
import { nearestNeighboursAmong } from './neighbours.js';
import { principalComponents } from './pca.js';

const components = 30;

/** Principal components of training, held-out and other cells together, each cells x components. */
export interface TrainingScores {
  readonly train: DenseMatrix;
  readonly heldOut: DenseMatrix;
  readonly other: DenseMatrix;
}

/**
 * Places cells beside training and held-out ones; fitted to all of them together, so that none is a stranger.
 * Cost: a PCA.
 * @param train all training cells x genes, log-normalised
 * @param heldOut real cells that no model has seen
 * @param other as many generated cells, or a baseline's
 */
export function trainingScores(
  train: CsrMatrix,
  heldOut: CsrMatrix,
  other: CsrMatrix,
  seed: number,
): TrainingScores {
  const pooled = concatRows([train, heldOut, other], train.cols);
  const { scores } = principalComponents(pooled, Math.min(components, pooled.rows, pooled.cols), seed);
  const rows = (from: number, count: number): DenseMatrix => ({
    ...{ format: 'dense', rows: count, cols: scores.cols },
    data: scores.data.subarray(from * scores.cols, (from + count) * scores.cols),
  });
  return {
    train: rows(0, train.rows),
    heldOut: rows(train.rows, heldOut.rows),
    other: rows(train.rows + heldOut.rows, other.rows),
  };
}

/**
 * How near cells are to training cells.
 * Cost: two times cells x (training + held-out) distances.
 */
export function copyingFigures(
  scores: TrainingScores,
  seed: number,
): { readonly measurements: Measurements; readonly nearest: NearestTraining } {
  const [train, heldOut, other] = [scores.train, scores.heldOut, scores.other].map(toCsr);
  // All components of the components are a rotation of them, and distances stay.
  const nearest = nearestTraining(train, other, heldOut, scores.train.cols, seed);
  return {
    nearest,
    measurements: {
      nearer_share: {
        ...{ value: nearest.nearerShare, cells: heldOut.rows },
        resample: {
          statistic: (realRows, otherRows) =>
            auroc(
              Float32Array.from(realRows, (row) => nearest.heldOut[row]),
              Float32Array.from(otherRows, (row) => nearest.generated[row]),
            ),
          range: [0, 1],
        },
      },
      copied_share: copiedShare(scores),
    },
  };
}

/** What `nearer_share` comes to where training cells themselves are given as generated. */
export function copyingControl({ heldOut }: NearestTraining): Estimate {
  const copies = new Float32Array(heldOut.length);
  return { value: auroc(heldOut, copies), interval: null, n: heldOut.length };
}

/**
 * Share of cells that may be near-copies of training cells. The nearest real cell of a NEW cell is a training cell with
 * probability p0 = training / (training + held-out), since it cannot know which real cells were trained on; that of a copy is one for
 * certain. So of cells of which a share p has a training cell nearest, (p - p0) / (1 - p0) are copies.
 * Smooth cells, which lie nearer to all real cells, do not mislead it as they mislead `nearestTraining`; training and held-out
 * cells of different donors do, and so do labels learned from few cells: Poisson draws about the means of training cells come to 0.25 to
 * 0.4 on real data.
 * Range: p0 / (p0 - 1) to 1; 0 is ideal. Cost: cells x (training + held-out) distances.
 */
function copiedShare({ train, heldOut, other }: TrainingScores): Measurement {
  const toTrain = nearestNeighboursAmong(other, train, 1).distances;
  const toHeldOut = nearestNeighboursAmong(other, heldOut, 1).distances;
  const expected = train.rows / (train.rows + heldOut.rows);
  const isTraining = toTrain.map((distance, cell) =>
    distance < toHeldOut[cell] ? 1 : distance > toHeldOut[cell] ? 0 : expected,
  );
  const excess = (picked: Int32Array) =>
    (picked.reduce((sum, cell) => sum + isTraining[cell], 0) / picked.length - expected) / (1 - expected);
  return {
    value: excess(Int32Array.from(isTraining.keys())),
    cells: other.rows,
    resample: { statistic: (_real, otherRows) => excess(otherRows), range: [Number.NEGATIVE_INFINITY, 1] },
  };
}
