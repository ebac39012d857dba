import { type CellRows, rowBlocks } from '../cell-rows.js';

/** Per gene over all cells, zeros included. */
export interface GeneMoments {
  readonly mean: Float64Array;
  /** Unbiased (n - 1); 0 for a gene that does not vary, and where there is one cell. */
  readonly variance: Float64Array;
}

/** Below this share of the squared mean a variance is rounding error. */
const ROUNDING = 1e-12;

/** Mean and variance of every column in one pass; sums are float64, exact for counts. */
export function geneMoments(matrix: CellRows): GeneMoments {
  const { rows: cells, cols: genes } = matrix;
  const sum = new Float64Array(genes);
  const squares = new Float64Array(genes);
  for (const { indices, data } of rowBlocks(matrix)) {
    for (let k = 0; k < indices.length; k++) {
      sum[indices[k]] += data[k];
      squares[indices[k]] += data[k] * data[k];
    }
  }
  const mean = sum.map((total) => (cells > 0 ? total / cells : 0));
  const variance = mean.map((m, gene) => {
    const spread = squares[gene] - cells * m * m;
    return cells > 1 && spread > ROUNDING * squares[gene] ? spread / (cells - 1) : 0;
  });
  return { mean, variance };
}
