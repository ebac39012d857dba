import type { CsrMatrix, DenseMatrix } from '../io/anndata.js';
import { principalComponents } from '../metrics/pca.js';
import { symmetricEigen } from '../metrics/symmetric-eigen.js';
import { stream } from '../random/stream.js';
import { groupByLabel, ofLabel } from './label-groups.js';

/** Cells of a label are a Gaussian cloud on the first principal components: what means and covariances by themselves look like. */
export interface GaussianPca {
  readonly genes: number;
  /** k x genes, row-major, orthonormal rows. */
  readonly components: Float64Array;
  /** Per gene, over all training cells. */
  readonly mean: Float64Array;
  readonly labels: ReadonlyMap<number, GaussianLabel>;
}

interface GaussianLabel {
  /** Mean scores of the label's cells, k. */
  readonly centre: Float64Array;
  /** k x k, row-major, a square root of the covariance (n - 1): root times its transpose. */
  readonly root: Float64Array;
}

/**
 * Principal components of all training cells, then mean and covariance of the scores of each label. A label of one cell
 * has no spread and gives that cell's projection. Cost: a PCA, and cells x k^2.
 * @param cells training cells x genes, log-normalised
 * @param codes label of each cell, or null for one label, 0
 * @param components k, at most as many as there are cells and genes
 */
export function fitGaussianPca(
  cells: CsrMatrix,
  codes: ArrayLike<number> | null,
  components: number,
  seed: number,
): GaussianPca {
  const pca = principalComponents(cells, components, seed);
  const groups = groupByLabel(codes, cells.rows);
  const labels = new Map([...groups].map(([code, rows]) => [code, fitGaussian(pca.scores, rows)]));
  return { genes: cells.cols, components: pca.components, mean: pca.mean, labels };
}

/**
 * Draws scores from the label's Gaussian, maps them back to genes and clamps what is below zero. Cell i's values depend on the
 * seed, i and its label alone. Cost: cells x k x genes.
 * @param codes label of each new cell
 * @returns new cells x genes, log-normalised
 * @throws DataError for a label without training cells
 */
export function drawGaussianPca(model: GaussianPca, codes: ArrayLike<number>, seed: number): DenseMatrix {
  const { genes, components, mean } = model;
  const k = components.length / genes;
  const data = new Float32Array(codes.length * genes);
  const noise = new Float32Array(k);
  const values = new Float64Array(genes);
  for (let cell = 0; cell < codes.length; cell++) {
    const { centre, root } = ofLabel(model.labels, codes[cell]);
    stream(seed, 'gaussian pca', cell).fillNormal(noise);
    values.set(mean);
    for (let c = 0; c < k; c++) {
      let score = centre[c];
      for (let other = 0; other < k; other++) score += root[c * k + other] * noise[other];
      for (let gene = 0; gene < genes; gene++) values[gene] += score * components[c * genes + gene];
    }
    for (let gene = 0; gene < genes; gene++) data[cell * genes + gene] = Math.max(0, values[gene]);
  }
  return { format: 'dense', rows: codes.length, cols: genes, data };
}

function fitGaussian({ cols: k, data }: DenseMatrix, rows: Int32Array): GaussianLabel {
  const centre = new Float64Array(k);
  for (const row of rows) for (let c = 0; c < k; c++) centre[c] += data[row * k + c] / rows.length;
  const covariance = new Float64Array(k * k);
  for (const row of rows) {
    for (let i = 0; i < k; i++) {
      const deviation = (data[row * k + i] - centre[i]) / Math.max(1, rows.length - 1);
      for (let j = 0; j < k; j++) covariance[i * k + j] += deviation * (data[row * k + j] - centre[j]);
    }
  }
  // Eigenvectors, unlike Cholesky's factor, serve labels of fewer cells than components too.
  const { values, vectors } = symmetricEigen(covariance, k);
  return { centre, root: vectors.map((entry, at) => entry * Math.sqrt(Math.max(0, values[at % k]))) };
}
