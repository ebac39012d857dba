import { concatRows, selectRows } from '../counts/csr.js';
import { librarySizes, log1p, medianLibrarySize, normaliseTotal } from '../counts/library-size.js';
import { DataError } from '../errors.js';
import type { CsrMatrix, DenseMatrix } from '../io/anndata.js';
import { stream } from '../random/stream.js';
import type { Evaluation } from './evaluation.js';
import { principalComponents } from './pca.js';

/** One side of a pair: `cells` of its cells in random order. */
export interface PairSide {
  /** Rows of the matrix that was given. */
  readonly rows: Int32Array;
  /** cells x genes, as given. */
  readonly values: CsrMatrix;
  /** cells x genes: ln(1 + counts scaled to the real median library size), or as given where that is log-normalised. */
  readonly logged: CsrMatrix;
  /** cells x components, float32. */
  readonly scores: DenseMatrix;
}

/** Equal numbers of real and other cells, made comparable; what every figure is computed from. */
export interface PooledPair {
  /** On each side. */
  readonly cells: number;
  readonly real: PairSide;
  readonly other: PairSide;
}

export interface PairOptions {
  readonly values: Evaluation['values'];
  readonly seed: number;
  /** Principal components, 30 by default; fewer where there are not so many cells or genes. */
  readonly components?: number;
}

const leastCells = 2;

/**
 * Makes two sets of cells comparable: as many cells of each as the smaller one has, shuffled; counts scaled to the median
 * library size of ALL real cells given and ln(1 + x) taken; principal components of both together about one mean. Components
 * fitted to one side alone would tell the sides apart by themselves.
 *
 * The control goes the same way: training cells as `other`. Under one seed the real cells come in the same order in every pair.
 * Cost: that of `principalComponents`; about three copies of the cells in memory.
 * @param real held-out cells x genes
 * @param other generated cells, or training cells, x the same genes
 * @throws DataError where the genes are not as many on both sides, a side has fewer than two cells, or no real cell has counts
 */
export function pooledPair(real: CsrMatrix, other: CsrMatrix, options: PairOptions): PooledPair {
  const { values, seed, components = 30 } = options;
  const cells = Math.min(real.rows, other.rows);
  if (real.cols !== other.cols) {
    throw new DataError(
      'the cells compared',
      `one side has ${real.cols} genes and the other ${other.cols}`,
      'Match the genes by name first',
    );
  }
  if (cells < leastCells) {
    throw new DataError(
      'the cells compared',
      `one side has ${real.rows} and the other ${other.rows}`,
      `Give at least ${leastCells} on each side`,
    );
  }
  const realRows = drawRows(real.rows, cells, seed, 'real cells of a pair');
  const otherRows = drawRows(other.rows, cells, seed, 'other cells of a pair');
  const realValues = selectRows(real, realRows);
  const otherValues = selectRows(other, otherRows);
  const target = values === 'counts' ? realMedianTotal(real) : null;
  const realLogged = logNormalise(realValues, target);
  const otherLogged = logNormalise(otherValues, target);
  const k = Math.min(components, 2 * cells, real.cols);
  const pooled = concatRows([realLogged, otherLogged], real.cols);
  const { data } = principalComponents(pooled, k, seed).scores;
  const scores = (from: number): DenseMatrix => ({
    format: 'dense',
    rows: cells,
    cols: k,
    data: data.subarray(from * k, (from + cells) * k),
  });
  return {
    cells,
    real: { rows: realRows, values: realValues, logged: realLogged, scores: scores(0) },
    other: { rows: otherRows, values: otherValues, logged: otherLogged, scores: scores(cells) },
  };
}

function realMedianTotal(real: CsrMatrix): number {
  const target = medianLibrarySize(librarySizes(real));
  if (target > 0) return target;
  throw new DataError('the real cells', 'none of them has any counts', 'Check the matrix that is compared');
}

function drawRows(all: number, wanted: number, seed: number, purpose: string): Int32Array {
  const rows = Int32Array.from({ length: all }, (_, row) => row);
  return stream(seed, purpose).shuffle(rows).slice(0, wanted);
}

function logNormalise(values: CsrMatrix, target: number | null): CsrMatrix {
  return target === null ? values : log1p(normaliseTotal(values, target));
}
