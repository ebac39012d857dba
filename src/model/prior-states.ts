import { placeOfScore } from '../counts/library-scale.js';
import { OptionError } from '../errors.js';
import { stream } from '../random/stream.js';
import type { LoadedModel } from './model-file.js';
import type { CellBatch, StateSource } from './sampling.js';

/**
 * Rows of the state space without the denoiser: latent coordinates from the autoencoder's prior, N(0, 1), and library sizes as
 * training cells have them. Trained with `--prior-weight 1 --decoder mlp` this is scVI's model (Lopez et al. 2018), the baseline that
 * diffusion has to beat.
 * @throws OptionError for a model without a learned latent space, which has no prior
 */
export function priorStates({ description, standardisation }: LoadedModel, seed: number): StateSource {
  const { state, denoiser } = description;
  if (state.kind !== 'latent' || standardisation === null) {
    throw new OptionError('--from-prior', `the preset ${description.preset} has no prior`, 'Leave it out');
  }
  const { mean, deviation, library } = standardisation;
  const { width } = denoiser;
  const placed = (normal: number, k: number) =>
    library !== null && k === width - 1 ? placeOfScore(library, normal) : normal;
  return {
    async draw({ start, cells }: CellBatch) {
      const rows = new Float32Array(cells * width);
      for (let i = 0; i < cells; i++) {
        stream(seed, 'prior', start + i).fillNormal(rows, i * width, width);
        for (let k = 0; k < width; k++) {
          rows[i * width + k] = (placed(rows[i * width + k], k) - mean[k]) / deviation[k];
        }
      }
      return rows;
    },
    async close() {},
  };
}
