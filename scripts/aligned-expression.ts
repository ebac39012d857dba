import { denseRows, selectColumns, toCsr } from '../src/counts/csr.js';
import { librarySizes, log1p, medianLibrarySize, normaliseTotal } from '../src/counts/library-size.js';
import { DataError } from '../src/errors.js';
import type { AnnData, CsrMatrix } from '../src/io/anndata.js';

/** As many real cells as generated ones, preprocessed alike. */
export interface ExpressionPair {
  /** ln(1 + counts to the real median total): real cells, then generated cells, 2 cells x genes, row-major. */
  readonly values: Float32Array;
  /** Cells of each. */
  readonly cells: number;
  readonly genes: number;
  readonly realLabels: readonly string[];
  readonly generatedLabels: readonly string[];
  readonly labelNames: readonly string[];
}

/** @throws DataError where counts, labels or a gene are missing */
export function alignedExpression(real: AnnData, generated: AnnData, labelKey: string): ExpressionPair {
  const columnOf = new Map(real.var.index.map((name, column) => [name, column]));
  const columns = generated.var.index.map((gene) => {
    const column = columnOf.get(gene);
    if (column === undefined)
      throw new DataError('the real cells', `${gene} is not among their genes`, 'Compare alike');
    return column;
  });
  const realCounts = selectColumns(countsOf(real), columns);
  const generatedCounts = countsOf(generated);
  const target = medianLibrarySize(librarySizes(realCounts));
  const cells = Math.min(realCounts.rows, generatedCounts.rows);
  const genes = columns.length;
  const values = new Float32Array(2 * cells * genes);
  const rows = Int32Array.from({ length: cells }, (_, cell) => cell);
  [realCounts, generatedCounts].forEach((counts, i) => {
    const part = values.subarray(i * cells * genes, (i + 1) * cells * genes);
    denseRows(log1p(normaliseTotal(counts, target)), rows, part);
  });
  const column = labelsOf(real, labelKey);
  return {
    values,
    cells,
    genes,
    realLabels: column.labels.slice(0, cells),
    generatedLabels: labelsOf(generated, labelKey).labels.slice(0, cells),
    labelNames: column.names,
  };
}

function countsOf({ layers, X }: AnnData): CsrMatrix {
  const counts = layers.get('counts') ?? X;
  if (counts === null) throw new DataError('the cells', 'there is no X', 'Give files that hold counts');
  return toCsr(counts);
}

function labelsOf({ obs }: AnnData, key: string): { labels: string[]; names: readonly string[] } {
  const column = obs.columns.get(key);
  if (column?.kind !== 'categorical')
    throw new DataError('obs', `${key} is not a categorical column`, 'Name another');
  return {
    labels: Array.from(column.codes, (code) => column.categories[code] ?? ''),
    names: column.categories,
  };
}
