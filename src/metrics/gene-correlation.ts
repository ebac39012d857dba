import { selectColumns } from '../counts/csr.js';
import type { CsrMatrix } from '../io/anndata.js';
import { pearson } from './correlation.js';
import type { GeneProfile } from './evaluation.js';

/**
 * Agreement of the gene-gene correlations: Pearson's correlation, over pairs of the given genes, between each pair's Pearson
 * correlation in the real cells and in the others. A gene that is constant in one set counts as uncorrelated there.
 * Range: -1 to 1; higher is better; below 1 for two draws of the same cells, so read it by the control.
 * Cost: cells x (values a cell stores of these genes)^2 / 2 operations; 2 x genes^2 float64.
 * @param real n cells x genes, log-normalised
 * @param other m cells x the same genes
 * @param genes columns, such as those of `topVariableGenes`
 */
export function geneCorrelationAgreement(
  real: CsrMatrix,
  other: CsrMatrix,
  genes: ArrayLike<number>,
): number {
  return pearson(geneCorrelations(real, genes), geneCorrelations(other, genes));
}

/** Columns of the genes that vary most in the real cells, in descending order of variance; all where there are fewer. */
export function topVariableGenes(real: GeneProfile, count: number): Int32Array {
  const order = Int32Array.from(real.variance.keys());
  return order.sort((i, j) => real.variance[j] - real.variance[i] || i - j).slice(0, count);
}

/**
 * Pearson correlations of every pair of the given genes; 0 where one of them is constant.
 * @returns pair (i, j), j < i, at i (i - 1) / 2 + j
 */
export function geneCorrelations(matrix: CsrMatrix, genes: ArrayLike<number>): Float64Array {
  const { rows, cols, indptr, indices, data } = selectColumns(matrix, genes);
  const sums = new Float64Array(cols);
  const products = new Float64Array(cols * cols);
  for (let cell = 0; cell < rows; cell++) {
    const end = indptr[cell + 1];
    for (let at = indptr[cell]; at < end; at++) {
      const value = data[at];
      const base = indices[at] * cols;
      sums[indices[at]] += value;
      for (let other = indptr[cell]; other <= at; other++)
        products[base + indices[other]] += value * data[other];
    }
  }
  const deviation = sums.map((sum, i) => centredDeviation(products[i * cols + i], sum, rows));
  const correlations = new Float64Array((cols * (cols - 1)) / 2);
  for (let i = 0, at = 0; i < cols; i++) {
    for (let j = 0; j < i; j++) {
      const scale = deviation[i] * deviation[j];
      const covariance = products[i * cols + j] - (sums[i] * sums[j]) / rows;
      correlations[at++] = scale > 0 ? covariance / scale : 0;
    }
  }
  return correlations;
}

/** Root of the sum of squares about the mean; 0 where there is nothing but rounding. */
function centredDeviation(squares: number, sum: number, rows: number): number {
  const centred = squares - (sum * sum) / rows;
  return centred > 1e-12 * squares ? Math.sqrt(centred) : 0;
}
