import { normalisedRows, type StoredCells } from '../counts/preprocessing.js';

/** Where cells lie among the coordinates that are diffused: each coordinate is normal about the cell's mean. */
export interface Encoding {
  readonly cells: number;
  /** Coordinates of a cell. */
  readonly latent: number;
  /**
   * Deviation that the library size's place has among coordinates of deviation 1. Among thousands of genes it would be lost
   * at 1.
   */
  readonly librarySpread: number;
  /** Writes means and deviations of `rows`, rows x latent each, row-major, from 0 on. */
  place(rows: ArrayLike<number>, mean: Float32Array, deviation: Float32Array): void;
}

/** Latent posterior of every cell, cells x latent each. */
export interface Posteriors {
  readonly mean: Float32Array;
  readonly deviation: Float32Array;
}

/** What a learned encoder says of `cells` cells. */
export function posteriorEncoding(posteriors: Posteriors, cells: number): Encoding {
  const latent = posteriors.mean.length / cells;
  return {
    ...{ cells, latent, librarySpread: 1 },
    place(rows, mean, deviation) {
      for (let i = 0; i < rows.length; i++) {
        const from = rows[i] * latent;
        mean.set(posteriors.mean.subarray(from, from + latent), i * latent);
        deviation.set(posteriors.deviation.subarray(from, from + latent), i * latent);
      }
    },
  };
}

/** Cells, and others after them, on the same coordinates. */
export function joinEncodings(first: Encoding, second: Encoding): Encoding {
  const { latent, librarySpread } = first;
  return {
    ...{ cells: first.cells + second.cells, latent, librarySpread },
    place(rows, mean, deviation) {
      for (let i = 0; i < rows.length; i++) {
        const [own, row] = rows[i] < first.cells ? [first, rows[i]] : [second, rows[i] - first.cells];
        const [from, to] = [i * latent, (i + 1) * latent];
        own.place([row], mean.subarray(from, to), deviation.subarray(from, to));
      }
    },
  };
}

/** Nothing is learned: cells lie at their normalised expression, under noise of one deviation. */
export function noisedGenes(cells: StoredCells, noise: number): Encoding {
  return {
    ...{ cells: cells.values.rows, latent: cells.values.cols, librarySpread: 5 },
    place(rows, mean, deviation) {
      normalisedRows(cells, rows, mean);
      deviation.fill(noise);
    },
  };
}

/** Draws of cells: what `place` says, with standard normal numbers (rows x latent) that become the draws, in place. */
export function drawEncoded(encoding: Encoding, rows: ArrayLike<number>, normal: Float32Array): void {
  const mean = new Float32Array(normal.length);
  const deviation = new Float32Array(normal.length);
  encoding.place(rows, mean, deviation);
  for (let at = 0; at < normal.length; at++) normal[at] = mean[at] + deviation[at] * normal[at];
}
