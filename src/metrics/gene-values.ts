import type { CsrMatrix } from '../io/anndata.js';

/** The values of every gene that are not zero, each gene's in ascending order. */
export interface GeneValues {
  readonly cells: number;
  readonly genes: number;
  /** genes + 1 offsets into `values`. */
  readonly indptr: Float64Array;
  readonly values: Float32Array | Float64Array;
}

/** Turns cells x genes into sorted values by gene. Cost: nnz log(cells) operations; one copy of the stored values. */
export function geneValues(matrix: CsrMatrix): GeneValues {
  const { indices, data } = matrix;
  const indptr = new Float64Array(matrix.cols + 1);
  for (let at = 0; at < indices.length; at++) if (data[at] !== 0) indptr[indices[at] + 1]++;
  for (let gene = 0; gene < matrix.cols; gene++) indptr[gene + 1] += indptr[gene];
  const stored = indptr[matrix.cols];
  const values = data instanceof Float64Array ? new Float64Array(stored) : new Float32Array(stored);
  const next = indptr.slice();
  for (let at = 0; at < indices.length; at++) if (data[at] !== 0) values[next[indices[at]]++] = data[at];
  for (let gene = 0; gene < matrix.cols; gene++) values.subarray(indptr[gene], indptr[gene + 1]).sort();
  return { cells: matrix.rows, genes: matrix.cols, indptr, values };
}

/** All values of one gene in ascending order, its zeros in their place, written to `out` (cells). */
export function sortedGene({ indptr, values, cells }: GeneValues, gene: number, out: Float64Array): void {
  const own = values.subarray(indptr[gene], indptr[gene + 1]);
  let negative = 0;
  while (own[negative] < 0) negative++;
  const zeros = cells - own.length;
  out.set(own.subarray(0, negative));
  out.fill(0, negative, negative + zeros);
  out.set(own.subarray(negative), negative + zeros);
}

/** The mean of a figure over genes; NaN of none. */
export function meanOverGenes(perGene: Float64Array): number {
  return perGene.reduce((sum, value) => sum + value, 0) / perGene.length;
}
