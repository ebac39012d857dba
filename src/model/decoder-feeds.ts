import { readoutOf } from '../counts/readout.js';
import type { ArrayValue } from '../graph/program.js';
import { labelFeed } from './decoder-labels.js';
import type { LoadedModel } from './model-file.js';

/**
 * Rows of the state space as the decoder takes them: coordinates and, for counts, the log library size, both with their
 * own mean and deviation again.
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
  const { mean, deviation } = standardisation;
  const width = mean.length;
  const cells = state.length / width;
  const columns = (from: number, count: number): ArrayValue => ({
    data: Float32Array.from({ length: cells * count }, (_, at) => {
      const k = from + (at % count);
      return state[Math.floor(at / count) * width + k] * deviation[k] + mean[k];
    }),
    shape: [cells, count],
  });
  return {
    z: columns(0, latent),
    ...labelFeed(description.labels, codes, cells),
    ...(readoutOf(space.readout).counts && { logLibrary: columns(latent, 1) }),
  };
}
