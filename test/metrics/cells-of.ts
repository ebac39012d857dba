import { compressRows } from '../../src/counts/csr.js';
import type { CsrMatrix } from '../../src/io/anndata.js';

/** Sparse cells from their values, row after row. */
export function cellsOf(values: readonly number[], cols: number): CsrMatrix {
  return compressRows({
    format: 'dense',
    rows: values.length / cols,
    cols,
    data: Float32Array.from(values),
  });
}
