import { type CellRows, rowBlocks } from '../cell-rows.js';
import { geneMoments } from './gene-moments.js';
import { loess } from './loess.js';

const SPAN = 0.3;

/**
 * Variance of each gene after its expected spread is divided out, counts clipped at sqrt(cells) expected deviations
 * above the mean; the expected variance is a loess of log10 variance on log10 mean.
 * Stuart et al. (2019), doi:10.1016/j.cell.2019.05.031; scanpy's flavour `seurat_v3`.
 * @param counts cells x genes
 * @returns a score per gene, larger is more variable; -Infinity for a gene that does not vary
 */
export function seuratV3Scores(counts: CellRows): Float64Array {
  const { rows: cells, cols: genes } = counts;
  const { mean, variance } = geneMoments(counts);
  const varying = Int32Array.from(variance.keys()).filter((gene) => variance[gene] > 0);
  const scores = new Float64Array(genes).fill(-Infinity);
  if (varying.length === 0) return scores;

  const fitted = loess(
    Float64Array.from(varying, (gene) => Math.log10(mean[gene])),
    Float64Array.from(varying, (gene) => Math.log10(variance[gene])),
    SPAN,
  );
  const expectedVariance = new Float64Array(genes);
  varying.forEach((gene, i) => {
    expectedVariance[gene] = 10 ** fitted[i];
  });
  const ceiling = mean.map((m, gene) => m + Math.sqrt(expectedVariance[gene] * cells));

  const sum = new Float64Array(genes);
  const squares = new Float64Array(genes);
  for (const { indices, data } of rowBlocks(counts)) {
    for (let k = 0; k < indices.length; k++) {
      const gene = indices[k];
      const clipped = Math.min(data[k], ceiling[gene]);
      sum[gene] += clipped;
      squares[gene] += clipped * clipped;
    }
  }
  for (const gene of varying) {
    const spread = cells * mean[gene] ** 2 + squares[gene] - 2 * mean[gene] * sum[gene];
    scores[gene] = spread / ((cells - 1) * expectedVariance[gene]);
  }
  return scores;
}
