import type { UniformSource } from '../random/distributions.js';
import { librarySizes } from './library-size.js';
import type { PreparedCells } from './preprocessing.js';

/** The least share of a cell's molecules that is kept. */
const LEAST_KEPT = 0.5;

/** Above so many molecules of a gene their binomial number is taken as normal; a training augmentation needs no more. */
const MOST_COUNTED = 12;

/**
 * The same cells as if they had been sequenced less deeply: each keeps every molecule with one chance, drawn for the cell from
 * 0.5 to 1 (binomial thinning). An encoder that never sees a cell twice alike learns where cells of its kind lie, not the cell's own
 * noise.
 * @param cells with counts
 * @param rows the cells that are wanted, in any order
 * @returns as many cells as `rows`, in that order
 */
export function thinnedCells(
  cells: PreparedCells,
  rows: ArrayLike<number>,
  source: UniformSource,
): PreparedCells {
  const { indptr, indices, data } = cells.values;
  const ends = new Float64Array(rows.length + 1);
  for (let i = 0; i < rows.length; i++) ends[i + 1] = ends[i] + indptr[rows[i] + 1] - indptr[rows[i]];
  const genes = new Int32Array(ends[rows.length]);
  const counts = new Float32Array(ends[rows.length]);
  for (let i = 0; i < rows.length; i++) {
    const kept = LEAST_KEPT + (1 - LEAST_KEPT) * source.uniform();
    const from = indptr[rows[i]];
    for (let at = ends[i]; at < ends[i + 1]; at++) {
      const entry = from + at - ends[i];
      genes[at] = indices[entry];
      counts[at] = thinned(source, data[entry], kept);
    }
  }
  const values = { ...cells.values, rows: rows.length, indptr: ends, indices: genes, data: counts };
  return { ...cells, values, librarySize: librarySizes(values) };
}

function thinned(source: UniformSource, count: number, kept: number): number {
  if (count > MOST_COUNTED) {
    const drawn = count * kept + Math.sqrt(count * kept * (1 - kept)) * source.normal();
    return Math.min(count, Math.max(0, Math.round(drawn)));
  }
  let left = 0;
  for (let molecule = 0; molecule < count; molecule++) if (source.uniform() < kept) left++;
  return left;
}
