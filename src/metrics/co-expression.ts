import type { CsrMatrix } from '../io/anndata.js';
import { geneCorrelations } from './gene-correlation.js';

/**
 * How far genes go up and down together: the mean of Pearson's correlations over their pairs, 0 for a gene that is constant.
 * Range: -1 to 1; higher is more together; near 0 for genes that have nothing to do with each other. NaN for fewer than two genes.
 * Cost: that of `geneCorrelations`.
 * @param cells n cells x genes, log-normalised
 * @param genes columns
 */
export function coExpression(cells: CsrMatrix, genes: ArrayLike<number>): number {
  const correlations = geneCorrelations(cells, genes);
  return correlations.reduce((sum, value) => sum + value, 0) / correlations.length;
}

/**
 * Other genes as much expressed: of each gene the next one in the order of means that is neither given nor taken.
 * @param means of all genes
 * @param genes positions in `means`, at most half of them
 */
export function genesAsHigh(means: ArrayLike<number>, genes: ArrayLike<number>): Int32Array {
  const order = Array.from({ length: means.length }, (_, gene) => gene);
  order.sort((a, b) => means[a] - means[b] || a - b);
  const places = new Map(order.map((gene, place) => [gene, place]));
  const taken = new Set(Array.from(genes));
  return Int32Array.from(genes, (gene) => {
    const place = places.get(gene)!;
    for (let step = 1; step < order.length; step++) {
      const other = [order[place + step], order[place - step]].find(
        (near) => near !== undefined && !taken.has(near),
      );
      if (other === undefined) continue;
      taken.add(other);
      return other;
    }
    throw new RangeError(`${genes.length} of ${means.length} genes leave too few others`);
  });
}
