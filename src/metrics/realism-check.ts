import { selectColumns, toCsr } from '../counts/csr.js';
import { librarySizes, log1p, median, normaliseTotal } from '../counts/library-size.js';
import { DataError } from '../errors.js';
import type { AnnData, CsrMatrix } from '../io/anndata.js';
import { pearson } from './correlation.js';

/** A first look at generated cells beside real ones. */
export interface RealismCheck {
  /** Generated cells x genes. */
  readonly cells: number;
  readonly genes: number;
  readonly zeroShare: { readonly real: number; readonly generated: number };
  readonly medianLibrarySize: { readonly real: number; readonly generated: number };
  /** Pearson correlation over genes of the mean of ln(1 + counts to the real median), real against generated. */
  readonly geneMeanCorrelation: number;
}

/**
 * Compares generated counts with real counts of the same genes, both in X.
 * @param real held-out cells; genes that were not generated are left aside
 */
export function checkRealism(real: AnnData, generated: AnnData): RealismCheck {
  const genes = generated.var.index;
  const realCounts = alignGenes(requireCounts(real, 'real'), real.var.index, genes);
  const generatedCounts = requireCounts(generated, 'generated');
  const target = median(librarySizes(realCounts));
  const [realMeans, generatedMeans] = [realCounts, generatedCounts].map((counts) =>
    columnMeans(log1p(normaliseTotal(counts, target))),
  );
  return {
    cells: generatedCounts.rows,
    genes: genes.length,
    zeroShare: { real: zeroShare(realCounts), generated: zeroShare(generatedCounts) },
    medianLibrarySize: { real: target, generated: median(librarySizes(generatedCounts)) },
    geneMeanCorrelation: pearson(realMeans, generatedMeans),
  };
}

function requireCounts(data: AnnData, which: string): CsrMatrix {
  const counts = data.layers.get('counts') ?? data.X;
  if (counts) return toCsr(counts);
  throw new DataError(`the ${which} cells`, 'there is no X', 'Compare files that hold counts');
}

function alignGenes(counts: CsrMatrix, names: readonly string[], wanted: readonly string[]): CsrMatrix {
  const columnOf = new Map(names.map((name, column) => [name, column]));
  const columns = wanted.map((name) => {
    const column = columnOf.get(name);
    if (column !== undefined) return column;
    throw new DataError(
      'the real cells',
      `the gene ${name} is not among theirs`,
      'Compare cells of one data set',
    );
  });
  return selectColumns(counts, columns);
}

function columnMeans(matrix: CsrMatrix): Float64Array {
  const means = new Float64Array(matrix.cols);
  for (let k = 0; k < matrix.indices.length; k++) means[matrix.indices[k]] += matrix.data[k] / matrix.rows;
  return means;
}

function zeroShare(matrix: CsrMatrix): number {
  let nonZero = 0;
  for (const value of matrix.data) if (value !== 0) nonZero++;
  return 1 - nonZero / (matrix.rows * matrix.cols);
}
