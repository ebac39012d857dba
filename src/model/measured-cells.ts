import { changeRows } from '../counts/cell-rows.js';
import { denseRows } from '../counts/csr.js';
import { normalisedRows, type PreparedCells, type StoredCells } from '../counts/preprocessing.js';
import { type MeasuredCells, type ReadoutKind, readoutOf } from '../counts/readout.js';
import type { ArrayValue } from '../graph/program.js';
import { input } from '../graph/tensor.js';
import type { CsrMatrix } from '../io/anndata.js';
import { logFactorial } from '../random/log-factorial.js';

/** What a readout's loss explains, as inputs of a graph. */
export const measuredInputs = (genes: number, batch: number): MeasuredCells => ({
  values: input('values', [batch, genes]),
  logLibrary: input('logLibrary', [batch, 1]),
  logFactorials: input('logFactorials', [batch, 1]),
});

/** Fills `measuredInputs` with `batch` cells, in a buffer that it uses again at the next call. */
export function measuredFeeder(
  readout: ReadoutKind,
  genes: number,
  batch: number,
): (cells: PreparedCells) => Record<string, ArrayValue> {
  const values = new Float32Array(batch * genes);
  const all = Int32Array.from({ length: batch }, (_, i) => i);
  return (cells) => {
    if (!readoutOf(readout).counts) {
      normalisedRows(cells, all, values);
      return { values: { data: values, shape: [batch, genes] } };
    }
    const { values: counts } = cells;
    denseRows(counts, all, values);
    return {
      values: { data: values, shape: [batch, genes] },
      logLibrary: { data: logLibrarySizes(cells, all), shape: [batch, 1] },
      logFactorials: { data: logFactorials(counts), shape: [batch, 1] },
    };
  };
}

/** The cells with the values that the readout explains: counts as they are, all else log-normalised. */
function readoutCells(cells: StoredCells, readout: ReadoutKind): StoredCells {
  const { targetSum } = cells.preprocessing;
  if (readoutOf(readout).counts || targetSum === null) return cells;
  return {
    ...cells,
    values: changeRows(cells.values, [{ kind: 'total', target: targetSum }, { kind: 'log1p' }]),
  };
}

/** Parameters of a readout that begin at what the training cells say by themselves, by name. */
export function readoutStart(cells: StoredCells, readout: ReadoutKind): ReadonlyMap<string, Float32Array> {
  const values = readoutOf(readout).startingValues(readoutCells(cells, readout));
  return new Map([...values].map(([name, data]) => [`readout.${name}`, data]));
}

/** Natural log of the cells' totals over the model's genes; an empty cell counts as one molecule. */
export function logLibrarySizes(cells: StoredCells, rows: ArrayLike<number>): Float32Array {
  return Float32Array.from(rows, (row) => Math.log(Math.max(1, cells.librarySize[row])));
}

/** Of each cell, the sum over genes of log x!. */
function logFactorials({ rows, indptr, data }: CsrMatrix): Float32Array {
  return Float32Array.from({ length: rows }, (_, row) => {
    let total = 0;
    for (let at = indptr[row]; at < indptr[row + 1]; at++) total += logFactorial(data[at]);
    return total;
  });
}
