import { type CellRows, rowBlocks, someRows, takeRows } from '../counts/cell-rows.js';
import { concatRows } from '../counts/csr.js';
import { DataError } from '../errors.js';
import type { CsrMatrix, DenseMatrix } from '../io/anndata.js';
import { auroc } from './auroc.js';
import { nearestNeighboursAmong } from './neighbours.js';
import { placeOn, principalComponents } from './pca.js';

export interface NearestTraining {
  /** Euclidean distance of each generated, and each held-out, cell to its nearest training cell, on principal components. */
  readonly generated: Float32Array;
  readonly heldOut: Float32Array;
  /**
   * P(a generated cell is nearer than a held-out one) + P(equally near) / 2; in [0, 1]. 0.5 is ideal: new cells of the same
   * population. Higher: training cells are copied; lower: the generated cells lie off the population.
   */
  readonly nearerShare: number;
}

/** Training cells that principal components are fitted to: more would hardly turn them. */
const mostFitted = 20_000;

/** Principal components of training, held-out and other cells together, each cells x components. */
export interface TrainingScores {
  readonly train: DenseMatrix;
  readonly heldOut: DenseMatrix;
  readonly other: DenseMatrix;
}

/**
 * Places cells beside training and held-out ones; fitted to all of them together, so that none is a stranger. Of more than 20,000
 * training cells so many are drawn to fit to, and all are placed.
 * Cost: a PCA, and a pass over the training cells.
 * @param train all training cells x genes, log-normalised
 * @param heldOut real cells that no model has seen
 * @param other as many generated cells, or a baseline's, so that the components favour neither
 * @param components fewer where there are fewer cells or genes
 */
export function trainingScores(
  train: CellRows,
  heldOut: CsrMatrix,
  other: CsrMatrix,
  components: number,
  seed: number,
): TrainingScores {
  if (Math.min(train.rows, heldOut.rows, other.rows) === 0) {
    throw new DataError(
      'nearest training cells',
      `there are ${train.rows} training, ${heldOut.rows} held-out and ${other.rows} other cells`,
      'Give some of each',
    );
  }
  const fitted = someRows(train.rows, mostFitted, seed).of(train);
  const pooled = concatRows([fitted, heldOut, other], train.cols);
  const found = principalComponents(pooled, Math.min(components, pooled.rows, pooled.cols), seed);
  const end = fitted.rows + heldOut.rows;
  const own = rowsOf(found.scores, 0, fitted.rows);
  return {
    train: fitted.rows === train.rows ? own : placeOn(found, train),
    heldOut: rowsOf(found.scores, fitted.rows, end),
    other: rowsOf(found.scores, end, pooled.rows),
  };
}

/**
 * How near generated cells are to training cells, by the measure of held-out ones, which cannot have been copied.
 * Cost: (generated + held-out) x training distances.
 */
export function nearestTraining({ train, heldOut, other }: TrainingScores): NearestTraining {
  const distances = { generated: nearest(other, train), heldOut: nearest(heldOut, train) };
  return { ...distances, nearerShare: auroc(distances.heldOut, distances.generated) };
}

/**
 * Cells whose whole row stands among the training cells: same genes, same values as float32. Empty rows copy nothing.
 * Found by a hash of each row, then compared value by value. Cost: one pass over the stored values of both, a block at a time.
 * @param cells cells x genes: counts, or log-normalised values
 * @param train the same genes in the same units
 * @returns row numbers in `cells`, ascending; 0 of them is ideal
 */
export function exactCopies(cells: CellRows, train: CellRows): Int32Array {
  const known = hashedRows(train);
  const found: number[] = [];
  let first = 0;
  for (const block of rowBlocks(cells)) {
    const rows = withoutZeros(block);
    for (let row = 0; row < block.rows; row++) {
      if (rows.indptr[row] === rows.indptr[row + 1]) continue;
      for (const other of known.alike(hashRow(rows, row))) {
        if (!equalRows(rows, row, withoutZeros(takeRows(train, [other])), 0)) continue;
        found.push(first + row);
        break;
      }
    }
    first += block.rows;
  }
  return Int32Array.from(found);
}

/** Rows by their hash, chained from the last to the first: 40 bytes a row or so. */
function hashedRows(cells: CellRows): { alike(hash: number): Iterable<number> } {
  const last = new Map<number, number>();
  const before = new Int32Array(cells.rows).fill(-1);
  let at = 0;
  for (const block of rowBlocks(cells)) {
    const rows = withoutZeros(block);
    for (let row = 0; row < block.rows; row++, at++) {
      const hash = hashRow(rows, row);
      before[at] = last.get(hash) ?? -1;
      last.set(hash, at);
    }
  }
  return {
    *alike(hash) {
      for (let row = last.get(hash) ?? -1; row >= 0; row = before[row]) yield row;
    },
  };
}

/** Distance of each query to the nearest of the points. */
export function nearest(queries: DenseMatrix, points: DenseMatrix): Float32Array {
  return Float32Array.from(nearestNeighboursAmong(queries, points, 1).distances);
}

function rowsOf({ cols, data }: DenseMatrix, from: number, to: number): DenseMatrix {
  return { format: 'dense', rows: to - from, cols, data: data.subarray(from * cols, to * cols) };
}

/** A row as its columns and the bits of its values. */
interface HashableRows {
  readonly indptr: Float64Array;
  readonly indices: Int32Array;
  readonly bits: Uint32Array;
}

function withoutZeros({ rows, indptr, indices, data }: CsrMatrix): HashableRows {
  const values = Float32Array.from(data);
  const stored = values.reduce((sum, value) => sum + (value !== 0 ? 1 : 0), 0);
  const kept = {
    indptr: new Float64Array(rows + 1),
    indices: new Int32Array(stored),
    data: new Float32Array(stored),
  };
  let next = 0;
  for (let row = 0; row < rows; row++) {
    for (let at = indptr[row]; at < indptr[row + 1]; at++) {
      if (values[at] === 0) continue;
      kept.indices[next] = indices[at];
      kept.data[next++] = values[at];
    }
    kept.indptr[row + 1] = next;
  }
  return { indptr: kept.indptr, indices: kept.indices, bits: new Uint32Array(kept.data.buffer) };
}

/** FNV-1a over words, with a shift so that high bits reach low ones. */
function hashRow({ indptr, indices, bits }: HashableRows, row: number): number {
  let hash = 0x811c9dc5;
  for (let at = indptr[row]; at < indptr[row + 1]; at++) {
    hash = Math.imul(hash ^ indices[at], 0x01000193);
    hash = Math.imul(hash ^ bits[at], 0x01000193);
    hash ^= hash >>> 15;
  }
  return hash;
}

function equalRows(a: HashableRows, row: number, b: HashableRows, other: number): boolean {
  const length = a.indptr[row + 1] - a.indptr[row];
  if (b.indptr[other + 1] - b.indptr[other] !== length) return false;
  for (let i = 0; i < length; i++) {
    const [at, to] = [a.indptr[row] + i, b.indptr[other] + i];
    if (a.indices[at] !== b.indices[to] || a.bits[at] !== b.bits[to]) return false;
  }
  return true;
}
