import { transposeCsr } from '../counts/csr.js';
import type { CsrMatrix } from '../io/anndata.js';
import type { Stream } from '../random/stream.js';

/**
 * How far genes go up and down together: the mean of Pearson's correlations over their pairs, 0 with a gene that is constant.
 * Range: -1 to 1; higher is more together; near 0 for genes that have nothing to do with each other. NaN for fewer than two genes.
 * Cost: cells and stored values of the genes an asking, after one pass over all.
 * @param cells n cells x genes, log-normalised
 * @returns takes columns of genes
 */
export function coExpressionIn(cells: CsrMatrix): (genes: ArrayLike<number>) => number {
  const { indptr, indices, data } = transposeCsr(cells);
  const sums = new Float64Array(cells.rows);
  return (genes) => {
    if (genes.length < 2) return Number.NaN;
    sums.fill(0);
    let varying = 0;
    for (let i = 0; i < genes.length; i++) {
      const [start, end] = [indptr[genes[i]], indptr[genes[i] + 1]];
      let [sum, squares] = [0, 0];
      for (let at = start; at < end; at++) {
        sum += data[at];
        squares += data[at] ** 2;
      }
      const centred = squares - sum ** 2 / cells.rows;
      if (!(centred > 1e-12 * squares)) continue;
      varying++;
      const length = Math.sqrt(centred);
      for (let at = start; at < end; at++) sums[indices[at]] += data[at] / length;
      const mean = sum / cells.rows / length;
      for (let cell = 0; cell < sums.length; cell++) sums[cell] -= mean;
    }
    // Of unit vectors, |sum|^2 is their number and twice their products.
    const products = sums.reduce((total, value) => total + value * value, 0) - varying;
    return products / (genes.length * (genes.length - 1));
  };
}

/** Among so many neighbours in the order of means a gene is replaced by chance. */
const NEIGHBOURS = 10;

/**
 * Other genes with about the same means: each gene is replaced by one of the ten nearest in the order of means that is neither given nor
 * taken.
 * @param order genes to choose from, by their means
 * @param means of all genes
 * @returns fewer genes where `order` does not have as many others
 */
export function genesWithLikeMeans(
  order: Int32Array,
  means: ArrayLike<number>,
  genes: Int32Array,
  draws: Stream,
): Int32Array {
  const taken = new Set(genes);
  const found: number[] = [];
  for (const gene of genes) {
    const near: number[] = [];
    let above = firstAbove(order, means, means[gene]);
    let below = above - 1;
    while (near.length < NEIGHBOURS && (below >= 0 || above < order.length)) {
      const isAbove =
        below < 0 ||
        (above < order.length && means[order[above]] - means[gene] < means[gene] - means[order[below]]);
      const other = order[isAbove ? above++ : below--];
      if (!taken.has(other)) near.push(other);
    }
    if (near.length === 0) continue;
    const other = near[Math.floor(near.length * draws.uniform())];
    taken.add(other);
    found.push(other);
  }
  return Int32Array.from(found);
}

/** The place of the first gene whose mean is above a value. */
function firstAbove(order: Int32Array, means: ArrayLike<number>, value: number): number {
  let [low, high] = [0, order.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (means[order[middle]] > value) high = middle;
    else low = middle + 1;
  }
  return low;
}
