import { median } from '../counts/library-size.js';
import type { CsrMatrix, DenseMatrix } from '../io/anndata.js';
import { labelTransfer, logisticLabels } from './label-transfer.js';
import { compareMarkers, contrastLabels, type MarkerComparison } from './markers.js';
import { bare, type Measurement, type Measurements } from './measurement.js';

/** Log-normalised cells and the position of each one's label, -1 without one. */
export interface LabelledCells {
  readonly logged: CsrMatrix;
  readonly codes: Int32Array;
}

/** Principal components of all cells that meet here, and the position of each one's label, -1 without one. */
export interface LabelledPoints {
  readonly features: DenseMatrix;
  readonly codes: Int32Array;
}

/** How the cells of each label are recognised, in the order of the labels; null where there are none. */
export interface Recognition {
  readonly heldOut: readonly (number | null)[];
  readonly other: readonly (number | null)[];
}

/** Null for a label that has too few cells on a side to say what marks it. */
export type MarkersPerLabel = readonly (MarkerComparison | null)[];

const markersPerLabel = 50;
/** Cells of a label, and of all others, below which its markers are noise. */
const fewestForMarkers = 10;

/**
 * Whether cells carry the labels that they were made with, by a classifier that sees principal components.
 * Cost: two logistic regressions.
 * @param train real cells that the classifier of labels learns from; not the held-out ones
 * @param other generated cells, or a baseline's
 * @param labels number of labels
 * @returns null where a side has cells of one label alone
 */
export function labelFigures(
  train: LabelledPoints,
  heldOut: LabelledPoints,
  other: LabelledPoints,
  labels: number,
): { readonly measurements: Measurements; readonly recognition: Recognition } | null {
  const areMany = [train, heldOut, other].every(({ codes }) => distinctLabels(codes) > 1);
  if (!areMany) return null;
  const transfer = labelTransfer(train, heldOut, other, labels, logisticLabels);
  return {
    measurements: {
      label_agreement: share(transfer.generated.overall, other.codes),
      synthetic_to_real: share(transfer.syntheticToReal.overall, heldOut.codes),
    },
    recognition: { heldOut: transfer.heldOut.perLabel, other: transfer.generated.perLabel },
  };
}

/**
 * What `labelFigures` comes to for real cells: held-out ones, asked for their labels by a classifier of training cells.
 * @param train as many cells as held-out ones
 */
export function labelControl(train: LabelledPoints, heldOut: LabelledPoints, labels: number): Measurements {
  const transferred = labelFigures(train, heldOut, train, labels)?.measurements.synthetic_to_real;
  return transferred ? { label_agreement: transferred, synthetic_to_real: transferred } : {};
}

const distinctLabels = (codes: Int32Array): number => new Set(codes.filter((code) => code >= 0)).size;

/**
 * Whether labels have the genes that mark them in held-out cells.
 * Cost: one pass over the genes of each side.
 */
export function markerFigures(
  heldOut: LabelledCells,
  other: LabelledCells,
  labels: number,
): { readonly measurements: Measurements; readonly markers: MarkersPerLabel } {
  const markers = markersOf(heldOut, other, labels);
  const found = markers.filter((one) => one !== null);
  const overlaps = found.map(({ overlap }) => overlap).filter((one) => one !== null);
  const slopes = found.map(({ slope }) => slope).filter((one) => one !== null);
  const cells = Math.min(heldOut.codes.length, other.codes.length);
  return {
    markers,
    measurements: {
      ...(overlaps.length > 0 && {
        marker_overlap: bare(overlaps.reduce((sum, one) => sum + one, 0) / overlaps.length, cells),
      }),
      ...(slopes.length > 0 && { fold_change_slope: bare(median(slopes), cells) }),
    },
  };
}

/** Resampled as so many rights and wrongs. */
function share(value: number, codes: Int32Array): Measurement {
  const cells = codes.filter((code) => code >= 0).length;
  const rights = Math.round(value * cells);
  return {
    ...{ value, cells },
    resample: {
      statistic: (_real, rows) => rows.filter((row) => row < rights).length / rows.length,
      range: [0, 1],
    },
  };
}

function markersOf(heldOut: LabelledCells, other: LabelledCells, labels: number): MarkersPerLabel {
  const [real, made] = [heldOut, other].map((side) => contrastLabels(side.logged, side.codes, labels));
  return Array.from({ length: labels }, (_, label) => {
    const isEnough = [heldOut, other].every(({ codes }) => {
      const own = codes.filter((code) => code === label).length;
      const others = codes.filter((code) => code >= 0).length - own;
      return Math.min(own, others) >= fewestForMarkers;
    });
    return isEnough ? compareMarkers(real, made, label, markersPerLabel) : null;
  });
}
