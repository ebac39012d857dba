import { normalisedRows, type StoredCells } from '../counts/preprocessing.js';
import type { DenseMatrix } from '../io/anndata.js';
import { stream } from '../random/stream.js';
import type { Posteriors } from './autoencoder-stage.js';
import { logLibrarySizes } from './measured-cells.js';

/** Shift and scale that give each coordinate of the diffused vector mean 0 and variance 1. */
export interface Standardisation {
  readonly mean: Float32Array;
  readonly deviation: Float32Array;
}

/** Where the denoiser's clean rows come from. */
export interface StateRows {
  readonly width: number;
  /** Writes the clean rows of `cells` into `out`, row-major; `step` decides what is drawn. */
  fill(cells: Int32Array, step: number, out: Float32Array): void;
}

/** Gene-space models diffuse the normalised expression itself. */
export function geneRows(cells: StoredCells): StateRows {
  return { width: cells.values.cols, fill: (rows, _step, out) => normalisedRows(cells, rows, out) };
}

export interface LatentRows extends StateRows {
  readonly standardisation: Standardisation;
  /** Where each cell is expected, cells x width. */
  readonly centres: DenseMatrix & { readonly data: Float32Array };
}

/**
 * Latent models diffuse draws from each cell's posterior and, beside them, the log library size where there are
 * counts: state and size are learned together.
 * @param known the standardisation of training cells, for others
 */
export function latentRows(
  cells: StoredCells,
  posteriors: Posteriors,
  withLibrary: boolean,
  seed: number,
  known?: Standardisation,
): LatentRows {
  const total = cells.values.rows;
  const latent = posteriors.mean.length / total;
  const width = latent + (withLibrary ? 1 : 0);
  const all = Int32Array.from({ length: total }, (_, cell) => cell);
  const libraries = withLibrary ? logLibrarySizes(cells, all) : null;
  const standardisation = known ?? standardise(posteriors, libraries, total, latent);
  const { mean, deviation } = standardisation;
  const centres = Float32Array.from({ length: total * width }, (_, at) => {
    const [cell, k] = [Math.floor(at / width), at % width];
    const value = k < latent ? posteriors.mean[cell * latent + k] : libraries![cell];
    return (value - mean[k]) / deviation[k];
  });
  return {
    width,
    standardisation,
    centres: { format: 'dense', rows: total, cols: width, data: centres },
    fill(rows, step, out) {
      const random = stream(seed, 'posterior draws for diffusion', 0, step);
      rows.forEach((cell, i) => {
        for (let k = 0; k < latent; k++) {
          const at = cell * latent + k;
          const z = posteriors.mean[at] + posteriors.deviation[at] * random.normal();
          out[i * width + k] = (z - mean[k]) / deviation[k];
        }
        if (libraries) out[i * width + latent] = (libraries[cell] - mean[latent]) / deviation[latent];
      });
    },
  };
}

/** Variance of a coordinate is that of the posteriors' means plus their mean variance. */
function standardise(
  posteriors: Posteriors,
  libraries: Float32Array | null,
  cells: number,
  latent: number,
): Standardisation {
  const width = latent + (libraries ? 1 : 0);
  const mean = new Float32Array(width);
  const deviation = new Float32Array(width);
  for (let k = 0; k < width; k++) {
    const value = (cell: number) => (k < latent ? posteriors.mean[cell * latent + k] : libraries![cell]);
    const spread = (cell: number) => (k < latent ? posteriors.deviation[cell * latent + k] : 0);
    let sum = 0;
    let squares = 0;
    for (let cell = 0; cell < cells; cell++) {
      sum += value(cell);
      squares += value(cell) ** 2 + spread(cell) ** 2;
    }
    mean[k] = sum / cells;
    deviation[k] = Math.sqrt(Math.max(squares / cells - mean[k] ** 2, 1e-6));
  }
  return { mean, deviation };
}
