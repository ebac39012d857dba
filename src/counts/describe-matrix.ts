import type { CsrMatrix, Matrix } from '../io/anndata.js';
import { type CellRows, rowBlocks } from './cell-rows.js';
import { compressRows } from './csr.js';

/** Kinds of values that a model can be fitted to. */
export type UsableKind = 'counts' | 'lognormalised' | 'normalised';

/**
 * What the values are: whole numbers; ln(1 + normalised); normalised and not logarithmic (CPM, TPM); centred,
 * with negative values; whole numbers too large to be counts; all zero; or broken by NaN or infinity.
 */
export type MatrixKind = UsableKind | 'scaled' | 'overlarge' | 'empty' | 'broken';

export interface MatrixDescription {
  readonly kind: MatrixKind;
  readonly rows: number;
  readonly cols: number;
  /** Smallest and largest finite value, zeros that are not stored included; 0 of a matrix without values. */
  readonly min: number;
  readonly max: number;
  /** Share of zeros in [0, 1]; 1 of a matrix without values. */
  readonly zeroShare: number;
  /** Every value is a whole number. */
  readonly integer: boolean;
  /** Values that are NaN or infinite. */
  readonly nonFinite: number;
  /** The sum that all cells were scaled to, before a logarithm if there was one; null if they have none in common. */
  readonly commonTotal: number | null;
}

/** ln(1 + 10^6) = 13.8 and log2(1 + 10^6) = 19.9: no logarithm of counts per million is larger. */
const LARGEST_LOGARITHM = 20;
/** No cell has so many molecules of a gene, and float32 holds no larger whole number and the next one. */
const LARGEST_COUNT = 2 ** 24;
/** Spread of the cells' sums that float32 storage explains. */
const SAME_TOTAL = 1e-3;

/** Looks at every value of cells x genes. */
export function describeMatrix(cells: Matrix | CellRows): MatrixDescription {
  const matrix = cells.format === 'dense' ? compressRows(cells) : cells;
  const look = new MatrixLook();
  for (const block of rowBlocks(matrix)) look.add(block);
  return look.describe(matrix);
}

/** What is seen of a matrix as its rows go by. */
export class MatrixLook {
  private min = Infinity;
  private max = -Infinity;
  private stored = 0;
  private nonZero = 0;
  private nonFinite = 0;
  private integer = true;

  add({ data }: CsrMatrix): void {
    this.stored += data.length;
    let { min, max, nonZero, integer } = this;
    for (let k = 0; k < data.length; k++) {
      const value = data[k];
      if (value !== 0) nonZero++;
      // Of what is infinite or no number, a difference to itself is no number.
      if (value - value !== 0) {
        this.nonFinite++;
        integer = false;
        continue;
      }
      if (value < min) min = value;
      if (value > max) max = value;
      if (Math.floor(value) !== value) integer = false;
    }
    Object.assign(this, { min, max, nonZero, integer });
  }

  /** @param matrix whose rows went by */
  describe(matrix: CellRows): MatrixDescription {
    const { nonZero, nonFinite, integer } = this;
    const values = matrix.rows * matrix.cols;
    const hasZeros = this.stored < values || values === 0;
    const min = hasZeros ? Math.min(this.min, 0) : this.min;
    const max = hasZeros ? Math.max(this.max, 0) : this.max;
    const kind = classify(min, max, nonZero, nonFinite, integer);
    return {
      kind,
      rows: matrix.rows,
      cols: matrix.cols,
      min: Number.isFinite(min) ? min : 0,
      max: Number.isFinite(max) ? max : 0,
      zeroShare: values === 0 ? 1 : 1 - nonZero / values,
      integer,
      nonFinite,
      commonTotal: commonTotal(matrix, kind),
    };
  }
}

function classify(
  min: number,
  max: number,
  nonZero: number,
  nonFinite: number,
  integer: boolean,
): MatrixKind {
  if (nonFinite > 0) return 'broken';
  if (nonZero === 0) return 'empty';
  if (min < 0) return 'scaled';
  if (integer) return max > LARGEST_COUNT ? 'overlarge' : 'counts';
  return max < LARGEST_LOGARITHM ? 'lognormalised' : 'normalised';
}

/** The sum that every cell with values shares, for values that look normalised. */
function commonTotal(matrix: CellRows, kind: MatrixKind): number | null {
  if (kind !== 'lognormalised' && kind !== 'normalised') return null;
  let smallest = Infinity;
  let largest = 0;
  let sum = 0;
  let cells = 0;
  for (const { rows, indptr, data } of rowBlocks(matrix)) {
    for (let row = 0; row < rows; row++) {
      let total = 0;
      for (let k = indptr[row]; k < indptr[row + 1]; k++) {
        total += kind === 'lognormalised' ? Math.expm1(data[k]) : data[k];
      }
      if (total === 0) continue;
      smallest = Math.min(smallest, total);
      largest = Math.max(largest, total);
      sum += total;
      cells++;
    }
  }
  return cells > 1 && largest - smallest <= SAME_TOTAL * largest ? sum / cells : null;
}
