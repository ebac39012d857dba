import { setImmediate } from 'node:timers/promises';
import { UMAP } from 'umap-js';
import type { Neighbours } from '../metrics/neighbours.js';
import { stream } from '../random/stream.js';
import type { EmbeddingProgress } from './tsne.js';

export interface UmapOptions {
  readonly seed?: number;
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: EmbeddingProgress) => void;
}

/** Neighbours of a cell, itself among them: the usual 15 (McInnes, Healy and Melville 2018). */
const usualNeighbours = 15;
/** Coordinates begin between -10 and 10, as in the authors' own program. */
const startReach = 10;

/** Neighbours that `umap` wants of each cell, itself not among them. */
export const umapNeighbours = (cells: number): number => Math.min(usualNeighbours, cells - 1) - 1;

/**
 * UMAP in two dimensions (McInnes, Healy and Melville 2018) by umap-js, which has neither exact neighbours nor an informed start of
 * its own: both are given.
 * @param neighbours `umapNeighbours` of each cell, itself not among them
 * @param start cells x 2, row-major, such as two principal components
 * @returns cells x 2, row-major
 * @throws the signal's reason when it aborts
 */
export async function umap(
  neighbours: Neighbours,
  start: Float32Array,
  options: UmapOptions = {},
): Promise<Float32Array> {
  const { seed = 0, signal, onProgress } = options;
  const random = stream(seed, 'umap');
  const layout = new UMAP({ nNeighbors: neighbours.k + 1, random: () => random.uniform() });
  const points = pairs(start);
  layout.setPrecomputedKNN(
    points.map((_, cell) => [cell, ...rowOf(neighbours.indices, cell, neighbours.k)]),
    points.map((_, cell) => [0, ...rowOf(neighbours.distances, cell, neighbours.k)]),
  );
  const steps = layout.initializeFit(points);
  // The layout hands out its own coordinates; it has put them at random.
  const reach = start.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  const coordinates = layout.getEmbedding();
  if (reach > 0) {
    points.forEach((point, cell) => {
      coordinates[cell].splice(0, 2, ...point.map((value) => (value / reach) * startReach));
    });
  }
  for (let step = 0; step < steps; step++) {
    await setImmediate();
    signal?.throwIfAborted();
    layout.step();
    onProgress?.({ step: step + 1, steps });
  }
  return Float32Array.from(coordinates.flat());
}

const pairs = (flat: Float32Array): number[][] =>
  Array.from({ length: flat.length / 2 }, (_, i) => [flat[2 * i], flat[2 * i + 1]]);

const rowOf = (flat: Int32Array | Float64Array, row: number, width: number): Iterable<number> =>
  flat.subarray(row * width, (row + 1) * width);
