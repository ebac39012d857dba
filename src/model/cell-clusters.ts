import { kMeans, nearestCentres } from '../embedding/k-means.js';
import type { DenseMatrix } from '../io/anndata.js';
import { type Stream, stream } from '../random/stream.js';
import { type LabelledCells, withClusters } from './labels.js';
import type { EncodedRows } from './state-rows.js';

/** Cells that a cluster has on average, at least, and the most clusters: both keep a cluster from being a single cell. */
const FEWEST_CELLS = 40;
const MOST_CLUSTERS = 64;

/** Clusters for so many cells: half the square root, so that clusters get finer and fuller alike. 0: too few cells. */
export function clustersFor(cells: number): number {
  const clusters = Math.min(
    MOST_CLUSTERS,
    Math.round(Math.sqrt(cells) / 2),
    Math.floor(cells / FEWEST_CELLS),
  );
  return clusters < 2 ? 0 : clusters;
}

/** Cells that the centres are learned from; more would hardly move them. */
const MOST_LEARNED_FROM = 20_000;
const PLACED_AT_ONCE = 4096;

/** Cells with their labels and where they are expected. */
export interface PlacedCells {
  readonly labels: LabelledCells;
  readonly rows: Pick<EncodedRows, 'cells' | 'centres'>;
}

/** Labels with the clusters beside them, and where these lie. */
export interface ClusteredCells {
  readonly labels: LabelledCells;
  readonly heldOutLabels: LabelledCells | null;
  /** clusters x coordinates; null without clusters. */
  readonly centres: DenseMatrix | null;
}

/**
 * Gives training cells a cluster of their state (coordinates and the library size's place) beside their labels, and held-out cells that of the nearest centre.
 * A denoiser that knows roughly where it is going need not bridge the gaps between kinds of cells, named or not.
 */
export function clusterCells(
  training: PlacedCells,
  heldOut: PlacedCells | null,
  clusters: number,
  seed: number,
): ClusteredCells {
  const random = stream(seed, 'k-means');
  const centres = kMeans(training.rows.centres(someCells(training.rows.cells, random)), clusters, random);
  const labels = withClusters(training.labels, clustersOf(training, centres), clusters);
  return {
    labels,
    centres,
    heldOutLabels:
      heldOut && withClusters(heldOut.labels, clustersOf(heldOut, centres), clusters, labels.space),
  };
}

function someCells(cells: number, random: Stream): Int32Array {
  return cells <= MOST_LEARNED_FROM
    ? Int32Array.from({ length: cells }, (_, cell) => cell)
    : Int32Array.from({ length: MOST_LEARNED_FROM }, () => random.integer(cells));
}

function clustersOf({ rows: { cells, centres } }: PlacedCells, among: DenseMatrix): Int32Array {
  const codes = new Int32Array(cells);
  for (let start = 0; start < cells; start += PLACED_AT_ONCE) {
    const some = Int32Array.from({ length: Math.min(PLACED_AT_ONCE, cells - start) }, (_, i) => start + i);
    codes.set(nearestCentres(centres(some), among), start);
  }
  return codes;
}
