import { DataError } from '../errors.js';
import type { CsrMatrix } from '../io/anndata.js';
import { type CellRows, cellTotals, changeRows, joinRows, takeRows } from './cell-rows.js';
import type { UsableKind } from './describe-matrix.js';
import { type HvgFlavour, selectHighlyVariableGenes } from './hvg/select-genes.js';
import { medianLibrarySize } from './library-size.js';

export type Scaling = 'none' | 'zscore';

/** Everything that turns a file's cells into rows for a network, learned from training cells; plain JSON. */
export interface Preprocessing {
  /** What the values in the file are. */
  readonly kind: UsableKind;
  /** The matrix of the file that was used: 'X', 'layers/<name>' or 'raw/X'. */
  readonly matrix: string;
  /**
   * Library size over the chosen genes that cells are scaled to before the logarithm; null for values that are
   * log-normalised already. Other genes are left out of it, so that generated cells can be normalised alike.
   */
  readonly targetSum: number | null;
  readonly flavour: HvgFlavour;
  /** Genes in the file that the model was fitted to. */
  readonly sourceGenes: number;
  /** The chosen genes in the file's order, and their places there. */
  readonly geneNames: readonly string[];
  readonly geneIndices: readonly number[];
  /** Per chosen gene, of log-normalised training values (population deviation, 1 for a constant); null unscaled. */
  readonly mean: readonly number[] | null;
  readonly std: readonly number[] | null;
}

export interface PreprocessingOptions {
  /** How many highly variable genes; all expressed ones where there are fewer. */
  readonly genes: number;
  readonly flavour: HvgFlavour;
  readonly kind: UsableKind;
  /** Name of the matrix in the file, for the record. */
  readonly layerName: string;
  readonly scaling: Scaling;
  /** Default: the median library size of the training cells that have counts. */
  readonly targetSum?: number;
}

/** Cells of one file, cut to the chosen genes; their values may lie on the disk. */
export interface StoredCells {
  readonly preprocessing: Preprocessing;
  /** Cells x chosen genes, values as in the file. */
  readonly values: CellRows;
  /** Sum of each cell over the chosen genes; of log-normalised values, the sum of exp(x) - 1. */
  readonly librarySize: Float64Array;
}

/** The same in memory. */
export interface PreparedCells extends StoredCells {
  readonly values: CsrMatrix;
}

/** The given cells in memory, in the given order. */
export function takeCells(cells: StoredCells, rows: ArrayLike<number>): PreparedCells {
  return {
    preprocessing: cells.preprocessing,
    values: takeRows(cells.values, rows),
    librarySize: Float64Array.from(rows, (row) => cells.librarySize[row]),
  };
}

/** Cells with one preprocessing, and others with the same after them; nothing is copied but their library sizes. */
export function joinCells(first: StoredCells, second: StoredCells): StoredCells {
  const values = joinRows(first.values, second.values);
  const librarySize = new Float64Array(values.rows);
  librarySize.set(first.librarySize);
  librarySize.set(second.librarySize, first.librarySize.length);
  return { preprocessing: first.preprocessing, values, librarySize };
}

/**
 * Chooses genes and learns the scaling.
 * @param matrix training cells x genes; leave held-out cells out
 * @param geneNames one a column, unique
 * @throws DataError where no cell has any counts; OptionError for options that do not suit the matrix
 */
export function fitPreprocessing(
  matrix: CellRows,
  geneNames: readonly string[],
  options: PreprocessingOptions,
): Preprocessing {
  const { kind, flavour, layerName, scaling } = options;
  const geneIndices = Array.from(selectHighlyVariableGenes(matrix, kind, flavour, options.genes));
  const target = options.targetSum ?? medianLibrarySize(cellTotals(cut(matrix, geneIndices)));
  if (!(target > 0)) {
    throw new DataError(
      layerName,
      'no training cell has any counts',
      'Check the matrix, or choose another --layer',
    );
  }
  const unscaled: Preprocessing = {
    kind,
    matrix: layerName,
    targetSum: kind === 'lognormalised' ? null : target,
    flavour,
    sourceGenes: matrix.cols,
    geneNames: geneIndices.map((gene) => geneNames[gene]),
    geneIndices,
    mean: null,
    std: null,
  };
  if (scaling === 'none') return unscaled;
  return { ...unscaled, ...fitScaling(applyPreprocessing(unscaled, matrix, geneNames)) };
}

/**
 * Cuts cells to the chosen genes, found by name.
 * @param matrix cells x genes, values of the kind that the preprocessing was fitted to
 * @throws DataError that names genes the file lacks
 */
export function applyPreprocessing(
  preprocessing: Preprocessing,
  matrix: CellRows,
  geneNames: readonly string[],
): StoredCells {
  return withLibrarySizes(preprocessing, chosenGenes(preprocessing, matrix, geneNames));
}

/** The first half of `applyPreprocessing`: the chosen genes of cells. */
export function chosenGenes(
  preprocessing: Preprocessing,
  matrix: CellRows,
  geneNames: readonly string[],
): CellRows {
  return cut(matrix, columnsOf(preprocessing.geneNames, geneNames));
}

/** The second half: one pass over them. */
export function withLibrarySizes(preprocessing: Preprocessing, values: CellRows): StoredCells {
  const sizes = preprocessing.kind === 'lognormalised' ? linearSizes : undefined;
  return { preprocessing, values, librarySize: cellTotals(values, sizes) };
}

const cut = (matrix: CellRows, columns: ArrayLike<number>): CellRows =>
  changeRows(matrix, [{ kind: 'columns', columns }]);

/**
 * Writes dense rows: scaled to the target library size, ln(1 + x), then z-scored if the preprocessing says so.
 * A cell without counts gives the row of zero expression.
 * @param rows cells of `cells`, in any order
 * @param out receives rows.length x chosen genes, row-major, from 0 on
 */
export function normalisedRows(cells: StoredCells, rows: ArrayLike<number>, out: Float32Array): void {
  const { values, librarySize, preprocessing } = takeCells(cells, rows);
  const { targetSum, mean, std } = preprocessing;
  const genes = values.cols;
  const background = new Float32Array(genes);
  if (mean !== null && std !== null) for (let g = 0; g < genes; g++) background[g] = -mean[g] / std[g];
  for (let row = 0; row < values.rows; row++) {
    const base = row * genes;
    out.set(background, base);
    if (targetSum !== null && !(librarySize[row] > 0)) continue;
    const factor = targetSum === null ? 1 : targetSum / librarySize[row];
    for (let k = values.indptr[row]; k < values.indptr[row + 1]; k++) {
      const gene = values.indices[k];
      const logged = targetSum === null ? values.data[k] : Math.log1p(values.data[k] * factor);
      out[base + gene] = mean !== null && std !== null ? (logged - mean[gene]) / std[gene] : logged;
    }
  }
}

/**
 * Takes the scaling back, in place: network rows become log-normalised values, never below 0.
 * @param rows cells x chosen genes, row-major
 */
export function denormalise(preprocessing: Preprocessing, rows: Float32Array): void {
  const { mean, std, geneNames } = preprocessing;
  for (let i = 0; i < rows.length; i++) {
    const gene = i % geneNames.length;
    const value = mean !== null && std !== null ? rows[i] * std[gene] + mean[gene] : rows[i];
    rows[i] = Math.max(value, 0);
  }
}

function columnsOf(wanted: readonly string[], present: readonly string[]): Int32Array {
  const columns = new Map(present.map((name, column) => [name, column]));
  const missing = wanted.filter((name) => !columns.has(name));
  if (missing.length > 0) {
    const few = missing.slice(0, 5).join(', ') + (missing.length > 5 ? ', ...' : '');
    throw new DataError(
      'genes',
      `the file lacks ${missing.length} of the model's ${wanted.length} genes: ${few}`,
      'Give a file with the same gene names as the training data',
    );
  }
  return Int32Array.from(wanted, (name) => columns.get(name)!);
}

function linearSizes(logarithms: CsrMatrix): Float64Array {
  const sizes = new Float64Array(logarithms.rows);
  for (let row = 0; row < logarithms.rows; row++) {
    for (let k = logarithms.indptr[row]; k < logarithms.indptr[row + 1]; k++) {
      sizes[row] += Math.expm1(logarithms.data[k]);
    }
  }
  return sizes;
}

/** Dense rows that are summed together. */
const SCALED_AT_ONCE = 64;

/** Root of the mean variance of genes' normalised expression; 1 where nothing varies. */
export function expressionSpread(cells: StoredCells): number {
  const { mean, variance } = expressionMoments(cells);
  return Math.sqrt(variance.reduce((sum, own) => sum + own, 0) / mean.length) || 1;
}

function fitScaling(cells: StoredCells): { mean: number[]; std: number[] } {
  const { mean, variance } = expressionMoments(cells);
  return { mean, std: variance.map((own) => (own > 0 ? Math.sqrt(own) : 1)) };
}

/** Mean and population variance of each gene; a variance that is rounding is 0. */
function expressionMoments(cells: StoredCells): { mean: number[]; variance: number[] } {
  const { rows, cols } = cells.values;
  const sum = new Float64Array(cols);
  const squares = new Float64Array(cols);
  const some = new Float32Array(SCALED_AT_ONCE * cols);
  for (let start = 0; start < rows; start += SCALED_AT_ONCE) {
    const count = Math.min(SCALED_AT_ONCE, rows - start);
    normalisedRows(
      cells,
      Int32Array.from({ length: count }, (_, i) => start + i),
      some,
    );
    for (let at = 0; at < count * cols; at++) {
      const gene = at % cols;
      sum[gene] += some[at];
      squares[gene] += some[at] * some[at];
    }
  }
  const mean = Array.from(sum, (total) => total / rows);
  const variance = mean.map((m, gene) => {
    const own = squares[gene] / rows - m * m;
    return own * rows > 1e-10 * squares[gene] ? own : 0;
  });
  return { mean, variance };
}
