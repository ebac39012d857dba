import type { CsrMatrix } from '../io/anndata.js';
import { pearson, spearman } from './correlation.js';
import type { GeneProfile } from './evaluation.js';

/**
 * Mean, variance (n - 1; 0 of a single cell) and share of zeros of every gene.
 * Cost: nnz operations.
 * @param matrix cells x genes, log-normalised
 */
export function geneProfile(matrix: CsrMatrix): GeneProfile {
  const { rows, cols, indices, data } = matrix;
  const mean = new Float64Array(cols);
  const nonZero = new Float64Array(cols);
  for (let at = 0; at < indices.length; at++) {
    mean[indices[at]] += data[at] / rows;
    if (data[at] !== 0) nonZero[indices[at]]++;
  }
  // About the mean, and the zeros counted together: sums of squares would lose the digits of small variances.
  const spread = new Float64Array(cols);
  for (let at = 0; at < indices.length; at++) {
    if (data[at] !== 0) spread[indices[at]] += (data[at] - mean[indices[at]]) ** 2;
  }
  for (let gene = 0; gene < cols; gene++) spread[gene] += (rows - nonZero[gene]) * mean[gene] ** 2;
  return {
    mean: Float32Array.from(mean),
    variance: Float32Array.from(spread, (sum) => sum / Math.max(1, rows - 1)),
    zeros: Float32Array.from(nonZero, (count) => 1 - count / rows),
  };
}

/** Correlations over genes of one part of two profiles. */
export interface ProfileAgreement {
  readonly pearson: number;
  readonly spearman: number;
}

/**
 * Pearson and Spearman correlations over genes between two profiles of the same genes.
 * Range: -1 to 1; higher is better; NaN where a side is the same for every gene. Cost: genes log(genes) operations.
 */
export function profileAgreement(
  real: GeneProfile,
  other: GeneProfile,
): Readonly<Record<keyof GeneProfile, ProfileAgreement>> {
  const agreement = (part: keyof GeneProfile) => ({
    pearson: pearson(real[part], other[part]),
    spearman: spearman(real[part], other[part]),
  });
  return { mean: agreement('mean'), variance: agreement('variance'), zeros: agreement('zeros') };
}
