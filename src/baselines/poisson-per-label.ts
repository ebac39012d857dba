import { compressRows, concatRows } from '../counts/csr.js';
import { librarySizes } from '../counts/library-size.js';
import { sampleCounts } from '../counts/nb-sampling.js';
import type { CsrMatrix } from '../io/anndata.js';
import { stream } from '../random/stream.js';
import { groupByLabel, ofLabel } from './label-groups.js';

/** Cells of a label differ by their depth alone: what counting noise by itself looks like. */
export interface PoissonPerLabel {
  readonly genes: number;
  readonly labels: ReadonlyMap<number, PoissonLabel>;
}

interface PoissonLabel {
  /** Per gene: its share of all the label's counts. */
  readonly rates: Float64Array;
  /** Of the label's training cells. */
  readonly librarySizes: Float64Array;
}

/**
 * Gene rates and library sizes of each label. Cost: one pass over the counts.
 * @param counts training cells x genes
 * @param codes label of each cell, or null for one label, 0
 */
export function fitPoissonPerLabel(counts: CsrMatrix, codes: ArrayLike<number> | null): PoissonPerLabel {
  const totals = librarySizes(counts);
  const labels = new Map<number, PoissonLabel>();
  for (const [code, cells] of groupByLabel(codes, counts.rows)) {
    const sizes = Float64Array.from(cells, (cell) => totals[cell]);
    const rates = new Float64Array(counts.cols);
    for (const cell of cells) {
      for (let at = counts.indptr[cell]; at < counts.indptr[cell + 1]; at++) {
        rates[counts.indices[at]] += counts.data[at];
      }
    }
    const all = sizes.reduce((sum, size) => sum + size, 0);
    labels.set(code, { rates: rates.map((sum) => (all > 0 ? sum / all : 0)), librarySizes: sizes });
  }
  return { genes: counts.cols, labels };
}

/**
 * Draws counts ~ Poisson(rate x library size), the library size of a random training cell of the label. Cell i's counts depend on
 * the seed, i and its label alone. Cost: one draw a cell and gene.
 * @param codes label of each new cell
 * @returns new cells x genes
 * @throws DataError for a label without training cells
 */
export function drawPoissonPerLabel(
  model: PoissonPerLabel,
  codes: ArrayLike<number>,
  seed: number,
): CsrMatrix {
  const poisson = new Float64Array(model.genes).fill(Number.POSITIVE_INFINITY);
  const row = new Float32Array(model.genes);
  const cells = Array.from(codes, (code, cell) => {
    const label = ofLabel(model.labels, code);
    const draws = stream(seed, 'poisson per label', cell);
    const size = label.librarySizes[draws.integer(label.librarySizes.length)];
    const means = label.rates.map((rate) => rate * size);
    sampleCounts(draws, means, poisson, row);
    return compressRows({ format: 'dense', rows: 1, cols: model.genes, data: row });
  });
  return concatRows(cells, model.genes);
}
