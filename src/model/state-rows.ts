import { type LibraryScale, libraryPlace, libraryScale } from '../counts/library-scale.js';
import { normalisedRows, type StoredCells } from '../counts/preprocessing.js';
import type { DenseMatrix } from '../io/anndata.js';
import { stream } from '../random/stream.js';
import type { Encoding } from './encoding.js';
import { logLibrarySizes } from './measured-cells.js';

/**
 * Shift and scale that give each coordinate of the diffused vector mean 0 and variance 1 (the library size: `librarySpread` squared). The
 * last coordinate is, where there are counts, the library size's place on its scale.
 */
export interface Standardisation {
  readonly mean: Float32Array;
  readonly deviation: Float32Array;
  readonly library: LibraryScale | null;
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

export interface EncodedRows extends StateRows {
  readonly cells: number;
  readonly standardisation: Standardisation;
  /** Where `cells` are expected, cells x width. */
  centres(cells: ArrayLike<number>): DenseMatrix & { readonly data: Float32Array };
}

/**
 * Models with a decoder diffuse draws of encoded cells and, beside them, the library size's place on its scale where there are
 * counts: state and size are learned together.
 * @param known the standardisation of training cells, for others
 */
export function encodedRows(
  cells: StoredCells,
  encoding: Encoding,
  withLibrary: boolean,
  seed: number,
  known?: Standardisation,
): EncodedRows {
  const { latent } = encoding;
  const width = latent + (withLibrary ? 1 : 0);
  const all = Int32Array.from({ length: encoding.cells }, (_, cell) => cell);
  const logs = withLibrary ? logLibrarySizes(cells, all) : null;
  const library = known ? known.library : logs && libraryScale(logs);
  const libraries = library && logs!.map((log) => libraryPlace(library, log));
  const standardisation = known ?? { ...standardise(encoding, libraries), library };
  const { mean, deviation } = standardisation;
  const write = (rows: ArrayLike<number>, normal: () => number, out: Float32Array) => {
    const means = new Float32Array(rows.length * latent);
    const spreads = new Float32Array(rows.length * latent);
    encoding.place(rows, means, spreads);
    for (let i = 0; i < rows.length; i++) {
      for (let k = 0; k < width; k++) {
        const at = i * latent + k;
        const value = k < latent ? means[at] + spreads[at] * normal() : libraries![rows[i]];
        out[i * width + k] = (value - mean[k]) / deviation[k];
      }
    }
  };
  return {
    ...{ width, cells: encoding.cells, standardisation },
    centres(rows) {
      const data = new Float32Array(rows.length * width);
      write(rows, () => 0, data);
      return { format: 'dense', rows: rows.length, cols: width, data };
    },
    fill(rows, step, out) {
      const random = stream(seed, 'posterior draws for diffusion', 0, step);
      write(rows, () => random.normal(), out);
    },
  };
}

/** Cells that are placed together. */
const AT_ONCE = 64;

/** Variance of a coordinate is that of the means plus their mean variance. */
function standardise(
  { cells, latent, librarySpread, place }: Encoding,
  libraries: Float32Array | null,
): Omit<Standardisation, 'library'> {
  const width = latent + (libraries ? 1 : 0);
  const sums = new Float64Array(width);
  const squares = new Float64Array(width);
  const means = new Float32Array(AT_ONCE * latent);
  const deviations = new Float32Array(AT_ONCE * latent);
  for (let start = 0; start < cells; start += AT_ONCE) {
    const rows = Int32Array.from({ length: Math.min(AT_ONCE, cells - start) }, (_, i) => start + i);
    place(rows, means, deviations);
    rows.forEach((cell, i) => {
      for (let k = 0; k < width; k++) {
        const value = k < latent ? means[i * latent + k] : libraries![cell];
        const spread = k < latent ? deviations[i * latent + k] : 0;
        sums[k] += value;
        squares[k] += value ** 2 + spread ** 2;
      }
    });
  }
  const mean = Float32Array.from(sums, (sum) => sum / cells);
  const deviation = mean.map((m, k) => Math.sqrt(Math.max(squares[k] / cells - m ** 2, 1e-6)));
  if (libraries) deviation[latent] /= librarySpread;
  return { mean, deviation };
}
