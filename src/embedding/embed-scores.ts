import { DataError, OptionError } from '../errors.js';
import type { DenseMatrix } from '../io/anndata.js';
import { nearestNeighbours } from '../metrics/neighbours.js';
import { stream } from '../random/stream.js';
import { affinities } from './affinities.js';
import { type EmbeddingProgress, tsne } from './tsne.js';
import { umap, umapNeighbours } from './umap.js';

export type EmbeddingMethod = 'tsne' | 'umap' | 'pca';

export interface EmbeddingOptions {
  readonly method: EmbeddingMethod;
  /** Of t-SNE; `defaultPerplexity` where it is left out. */
  readonly perplexity?: number;
  readonly seed?: number;
  /** Threads of t-SNE, 1 by default; the result does not depend on it. */
  readonly threads?: number;
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: EmbeddingProgress) => void;
}

/** Neighbours a cell for each unit of perplexity (van der Maaten 2014). */
const neighboursPerPerplexity = 3;
const usualPerplexity = 30;
const fewestCells = 4;

/** 30, or as much as so few cells allow. */
export const defaultPerplexity = (cells: number): number => Math.min(usualPerplexity, mostPerplexity(cells));

const mostPerplexity = (cells: number): number => Math.floor((cells - 1) / neighboursPerPerplexity);

/**
 * Two coordinates a cell. Cells are taken in a shuffled, seeded order, so that their order in the file, such as real before
 * generated, has no part in the picture.
 * @param scores cells x components, principal components first
 * @returns cells x 2, row-major, in the order of `scores`
 * @throws DataError for too few cells or components; OptionError for a perplexity that the cells are too few for; the signal's reason
 */
export async function embedScores(scores: DenseMatrix, options: EmbeddingOptions): Promise<Float32Array> {
  if (scores.rows < fewestCells || scores.cols < 2) {
    throw new DataError(
      'the cells',
      `${scores.rows} of them on ${scores.cols} principal components are too few for an embedding`,
      `Give at least ${fewestCells} cells and 2 genes`,
    );
  }
  const { method, seed = 0 } = options;
  if (method === 'pca') return leadingPair(scores);
  const order = stream(seed, 'order of the embedded cells').shuffle(
    Int32Array.from({ length: scores.rows }, (_, cell) => cell),
  );
  const shuffled = takeRows(scores, order);
  const placed = await (method === 'tsne' ? byTsne(shuffled, options) : byUmap(shuffled, options));
  const coordinates = new Float32Array(2 * scores.rows);
  order.forEach((cell, position) => {
    coordinates.set(placed.subarray(2 * position, 2 * position + 2), 2 * cell);
  });
  return coordinates;
}

function byTsne(scores: DenseMatrix, options: EmbeddingOptions): Promise<Float32Array> {
  const { perplexity = defaultPerplexity(scores.rows), method: _method, ...rest } = options;
  if (!(perplexity >= 1 && perplexity <= mostPerplexity(scores.rows))) {
    throw new OptionError(
      '--perplexity',
      `${perplexity} does not suit ${scores.rows} cells`,
      `Give a number from 1 to ${mostPerplexity(scores.rows)}, or leave it out`,
    );
  }
  const k = Math.min(scores.rows - 1, Math.floor(neighboursPerPerplexity * perplexity) + 1);
  return tsne(affinities(nearestNeighbours(scores, k), perplexity), leadingPair(scores), rest);
}

function byUmap(scores: DenseMatrix, { seed, signal, onProgress }: EmbeddingOptions): Promise<Float32Array> {
  const neighbours = nearestNeighbours(scores, umapNeighbours(scores.rows));
  return umap(neighbours, leadingPair(scores), {
    ...(seed !== undefined && { seed }),
    ...(signal && { signal }),
    ...(onProgress && { onProgress }),
  });
}

/** The first two columns. */
function leadingPair({ rows, cols, data }: DenseMatrix): Float32Array {
  return Float32Array.from({ length: 2 * rows }, (_, i) => data[(i >> 1) * cols + (i & 1)]);
}

function takeRows({ cols, data }: DenseMatrix, order: Int32Array): DenseMatrix {
  const taken = new Float32Array(order.length * cols);
  order.forEach((row, i) => {
    taken.set(data.subarray(row * cols, (row + 1) * cols), i * cols);
  });
  return { format: 'dense', rows: order.length, cols, data: taken };
}
