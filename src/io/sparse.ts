import type { CsrMatrix } from './anndata.js';
import { narrow } from './narrow.js';

export type SparseParts = Pick<CsrMatrix, 'rows' | 'cols' | 'indptr' | 'indices' | 'data'>;

/**
 * A CSR matrix with its indices sorted within each row and entries of the same place summed, as float64 where a sum needs it;
 * parts may be reused.
 */
export function canonicalCsr(parts: SparseParts): CsrMatrix {
  const unsorted = firstUnsortedRow(parts);
  if (unsorted < 0) return { format: 'csr', ...parts };
  const { rows, cols, indptr } = parts;
  const indices = parts.indices.slice();
  // As float64, in which a sum of values that float32 holds is not rounded to one.
  const data = Float64Array.from(parts.data);
  const ends = new Float64Array(rows + 1);
  let end = 0;
  for (let row = 0; row < rows; row++) {
    const from = indptr[row]!;
    const to = indptr[row + 1]!;
    const order = Array.from({ length: to - from }, (_, k) => from + k);
    if (row >= unsorted) order.sort((a, b) => parts.indices[a]! - parts.indices[b]!);
    for (const k of order) {
      const index = parts.indices[k]!;
      if (end > ends[row]! && indices[end - 1] === index) {
        data[end - 1]! += parts.data[k]!;
      } else {
        indices[end] = index;
        data[end] = parts.data[k]!;
        end++;
      }
    }
    ends[row + 1] = end;
  }
  return {
    format: 'csr',
    rows,
    cols,
    indptr: ends,
    indices: indices.slice(0, end),
    data: narrow(data.subarray(0, end)),
  };
}

function firstUnsortedRow({ rows, indptr, indices }: SparseParts): number {
  // Counted on from 0, and not from an offset: those are floats, which index an array slowly.
  for (let row = 0, k = 0; row < rows; row++) {
    const to = indptr[row + 1]!;
    let previous = -1;
    for (; k < to; k++) {
      const index = indices[k]!;
      if (index <= previous) return row;
      previous = index;
    }
  }
  return -1;
}
