import { kMeans, nearestCentres } from '../embedding/k-means.js';
import type { DenseMatrix } from '../io/anndata.js';
import { type LabelledCells, withClusters } from './labels.js';

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

/** Cells with their labels and coordinates. */
interface PlacedCells {
  readonly labels: LabelledCells;
  /** cells x coordinates, each of variance 1 over the training cells. */
  readonly coordinates: DenseMatrix;
}

/** Labels with the clusters beside them, and where these lie. */
export interface ClusteredCells {
  readonly labels: LabelledCells;
  readonly heldOutLabels: LabelledCells | null;
  /** clusters x coordinates; null without clusters. */
  readonly centres: DenseMatrix | null;
}

/**
 * Gives training cells a cluster of their state (latent coordinates and log library size) beside their labels, and held-out cells that of the nearest centre.
 * A denoiser that knows roughly where it is going need not bridge the gaps between kinds of cells, named or not.
 */
export function clusterCells(
  training: PlacedCells,
  heldOut: PlacedCells | null,
  clusters: number,
  seed: number,
): ClusteredCells {
  const found = kMeans(training.coordinates, clusters, seed);
  const labels = withClusters(training.labels, found.codes, clusters);
  return {
    labels,
    centres: found.centres,
    heldOutLabels:
      heldOut &&
      withClusters(
        heldOut.labels,
        nearestCentres(heldOut.coordinates, found.centres),
        clusters,
        labels.space,
      ),
  };
}
