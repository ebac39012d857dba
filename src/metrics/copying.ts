import { auroc } from './auroc.js';
import type { Estimate } from './evaluation.js';
import type { Measurement, Measurements } from './measurement.js';
import { type NearestTraining, nearest, nearestTraining, type TrainingScores } from './memorisation.js';

/**
 * How near cells are to training cells.
 * Cost: cells x (training + held-out) distances, and those of held-out to training cells.
 */
export function copyingFigures(scores: TrainingScores): {
  readonly measurements: Measurements;
  readonly nearest: NearestTraining;
} {
  const found = nearestTraining(scores);
  return {
    nearest: found,
    measurements: {
      nearer_share: {
        ...{ value: found.nearerShare, cells: scores.heldOut.rows },
        resample: {
          statistic: (realRows, otherRows) =>
            auroc(
              Float32Array.from(realRows, (row) => found.heldOut[row]),
              Float32Array.from(otherRows, (row) => found.generated[row]),
            ),
          range: [0, 1],
        },
      },
      copied_share: copiedShare(scores, found.generated),
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
 * Range: p0 / (p0 - 1) to 1; 0 is ideal. Cost: cells x held-out distances.
 * @param toTrain distance of each other cell to its nearest training cell
 */
function copiedShare({ train, heldOut, other }: TrainingScores, toTrain: Float32Array): Measurement {
  const toHeldOut = nearest(other, heldOut);
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
