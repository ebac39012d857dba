import { selectColumns } from '../counts/csr.js';
import type { UsableKind } from '../counts/describe-matrix.js';
import { defaultFlavour, selectHighlyVariableGenes } from '../counts/hvg/select-genes.js';
import { librarySizes, log1p, medianLibrarySize, normaliseTotal } from '../counts/library-size.js';
import type { CsrMatrix, DenseMatrix } from '../io/anndata.js';
import { principalComponents } from '../metrics/pca.js';

const mostComponents = 30;
const mostGenes = 2000;

/** ln(1 + values to the median library size); log-normalised values as they are. */
export function logNormalise(matrix: CsrMatrix, kind: UsableKind): CsrMatrix {
  if (kind === 'lognormalised') return matrix;
  const totals = librarySizes(matrix);
  return log1p(normaliseTotal(matrix, medianLibrarySize(totals), totals));
}

/**
 * Thirty principal components of log-normalised cells, on their 2,000 most variable genes where there are more.
 * @param matrix cells x genes, values of the given kind
 * @param logarithms the same, log-normalised
 * @returns cells x 30, fewer for fewer cells or genes
 */
export function expressionComponents(
  matrix: CsrMatrix,
  kind: UsableKind,
  logarithms: CsrMatrix,
  seed: number,
): DenseMatrix {
  const values =
    matrix.cols > mostGenes
      ? selectColumns(logarithms, selectHighlyVariableGenes(matrix, kind, defaultFlavour(kind), mostGenes))
      : logarithms;
  const count = Math.min(mostComponents, values.rows, values.cols);
  return principalComponents(values, count, seed).scores;
}
