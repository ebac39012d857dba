import { libraryLog } from '../counts/library-scale.js';
import type { ArrayValue } from '../graph/program.js';
import { labelFeed } from './decoder-labels.js';
import type { LoadedModel } from './model-file.js';

/**
 * Rows of the state space as the decoder takes them: coordinates with their own mean and deviation again and, for counts,
 * the log library size.
 * @param state cells x width, row-major
 * @param codes of the same cells, cells x `codesPerCell`; null: the decoder is told no labels
 */
export function decoderFeeds(
  { description, standardisation }: LoadedModel,
  state: Float32Array,
  codes: Int32Array | null,
): Record<string, ArrayValue> {
  const { state: space } = description;
  if (space.kind === 'genes' || standardisation === null) throw new Error('not a model with a decoder');
  const { latent } = space.autoencoder;
  const { mean, deviation, library } = standardisation;
  const width = mean.length;
  const cells = state.length / width;
  const value = (cell: number, k: number) => state[cell * width + k] * deviation[k] + mean[k];
  const z = Float32Array.from({ length: cells * latent }, (_, at) =>
    value(Math.floor(at / latent), at % latent),
  );
  const feeds = { z: { data: z, shape: [cells, latent] }, ...labelFeed(description.labels, codes, cells) };
  if (library === null) return feeds;
  const logs = Float32Array.from({ length: cells }, (_, cell) => libraryLog(library, value(cell, latent)));
  return { ...feeds, logLibrary: { data: logs, shape: [cells, 1] } };
}
