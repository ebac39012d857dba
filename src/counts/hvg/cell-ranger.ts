import type { CellRows } from '../cell-rows.js';
import { median } from '../library-size.js';
import { geneMoments } from './gene-moments.js';

/** Bins end at these percentiles of the genes' means: 10, 15, ... 100. */
const BIN_ENDS = Array.from({ length: 19 }, (_, i) => (10 + 5 * i) / 100);

/**
 * Dispersion (variance / mean) of each gene against the genes of like mean: minus their median, over their median
 * absolute deviation. Zheng et al. (2017), doi:10.1038/ncomms14049; scanpy's flavour `cell_ranger` on values that
 * are not logarithms, as in its `recipe_zheng17`.
 * @param normalised library-size normalised counts, not log-transformed, cells x genes
 * @returns a score per gene, larger is more variable; -Infinity for a gene that does not vary, 0 in a bin whose
 *   dispersions are all alike
 */
export function cellRangerScores(normalised: CellRows): Float64Array {
  const { mean, variance } = geneMoments(normalised);
  const scores = new Float64Array(normalised.cols).fill(-Infinity);
  const expressed = Int32Array.from(mean.keys()).filter((gene) => mean[gene] > 0);
  if (expressed.length === 0) return scores;

  const sortedMeans = Float64Array.from(expressed, (gene) => mean[gene]).sort();
  const ends = BIN_ENDS.map((share) => percentile(sortedMeans, share));
  const bins = new Map<number, number[]>();
  for (const gene of expressed) {
    const bin = ends.findIndex((end) => mean[gene] <= end);
    const members = bins.get(bin);
    if (members) members.push(gene);
    else bins.set(bin, [gene]);
  }
  for (const members of bins.values()) {
    const dispersions = members.map((gene) => variance[gene] / mean[gene]);
    const centre = median(dispersions);
    const spread = median(dispersions.map((dispersion) => Math.abs(dispersion - centre)));
    members.forEach((gene, i) => {
      if (variance[gene] > 0) scores[gene] = spread > 0 ? (dispersions[i] - centre) / spread : 0;
    });
  }
  return scores;
}

/** Linear between order statistics, as numpy's default. */
function percentile(sorted: Float64Array, share: number): number {
  const position = share * (sorted.length - 1);
  const below = Math.floor(position);
  const above = Math.min(below + 1, sorted.length - 1);
  return sorted[below] + (position - below) * (sorted[above] - sorted[below]);
}
