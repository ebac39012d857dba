import { DataError } from '../errors.js';
import type { DenseMatrix } from '../io/anndata.js';
import { medianSquaredDistance } from './median-distance.js';
import { type PairMeans, pairMeans, pairMeansOfRows } from './pairwise.js';

/**
 * The middle bandwidth of `mmd`: the median squared distance of pairs of real cells. It knows of real cells only, so that every
 * set compared with the same real cells is measured by the same kernels.
 * Cost: n^2 d operations.
 * @param real n x d
 * @throws DataError where more than half of the pairs are equal, or there are fewer than two cells
 */
export function realBandwidth(real: DenseMatrix): number {
  const median = real.rows < 2 ? 0 : medianSquaredDistance(real);
  if (median > 0) return median;
  throw new DataError(
    'the real cells',
    `of ${real.rows} cells most are equal, and they have no scale`,
    'Give more, or other, real cells',
  );
}

/**
 * Squared maximum mean discrepancy, unbiased (Gretton and others 2012, eq. 3), averaged over five Gaussian kernels
 * exp(-d^2 / b) with b = `bandwidth` x {1/4, 1/2, 1, 2, 4}:
 * mean k(x, x') + mean k(y, y') - 2 mean k(x, y) over pairs of different cells.
 * Range: about -1/n to 2; lower is better; 0 expected for two draws of the same cells, a little below as often as above.
 * Cost: (n + m)^2 / 2 distances of d operations and one exponential each; no memory.
 * @param real n x d, such as principal components
 * @param other m x d
 * @param bandwidth by `realBandwidth`
 */
export function mmd(real: DenseMatrix, other: DenseMatrix, bandwidth: number): number {
  return discrepancy(pairMeans(real, other, fiveKernels(bandwidth)));
}

/** `mmd` of subsets of the cells, given as rows; see `pairMeansOfRows` for its cost. */
export function mmdOfRows(
  real: DenseMatrix,
  other: DenseMatrix,
  bandwidth: number,
): (realRows: Int32Array, otherRows: Int32Array) => number {
  const means = pairMeansOfRows(real, other, fiveKernels(bandwidth));
  return (realRows, otherRows) => discrepancy(means(realRows, otherRows));
}

/**
 * The MMD^2 of the published code of White-Box Diffusion Transformer and of others after Long and others (2015): the SUM of five kernels, not the
 * mean; biased, every cell paired with itself too; and bandwidths m x {1/4, 1/2, 1, 2, 4} where m is the MEAN squared distance
 * over both sets pooled, so that it shrinks the very differences it measures. For comparison with published numbers only.
 * Range: 0 to 10; lower is better; above 0 by about 5/n even for two draws of the same cells.
 * Cost: as `mmd`.
 */
export function mmdLegacy(real: DenseMatrix, other: DenseMatrix): number {
  const bandwidth = pooledMeanSquaredDistance(real, other);
  if (bandwidth === 0) return 0;
  const { withinReal, withinOther, between } = pairMeans(real, other, fiveKernels(bandwidth));
  const [n, m] = [real.rows, other.rows];
  const biased = (1 + (n - 1) * withinReal) / n + (1 + (m - 1) * withinOther) / m - 2 * between;
  return 5 * biased;
}

function discrepancy({ withinReal, withinOther, between }: PairMeans): number {
  return withinReal + withinOther - 2 * between;
}

/** Mean of exp(-d^2 / (4b)) and its 2nd, 4th, 8th and 16th powers, which are the kernels of 2b, b, b/2 and b/4. */
function fiveKernels(bandwidth: number): (squared: number) => number {
  const rate = -1 / (4 * bandwidth);
  return (squared) => {
    const widest = Math.exp(rate * squared);
    const second = widest * widest;
    const third = second * second;
    const fourth = third * third;
    return (widest + second + third + fourth + fourth * fourth) / 5;
  };
}

/** Over pairs of different cells of both sets: 2 sum |z - mean|^2 / (N - 1). */
function pooledMeanSquaredDistance(real: DenseMatrix, other: DenseMatrix): number {
  const cells = real.rows + other.rows;
  const { cols } = real;
  const mean = new Float64Array(cols);
  for (const { data } of [real, other]) {
    for (let i = 0; i < data.length; i++) mean[i % cols] += data[i] / cells;
  }
  let spread = 0;
  for (const { data } of [real, other]) {
    for (let i = 0; i < data.length; i++) spread += (data[i] - mean[i % cols]) ** 2;
  }
  return (2 * spread) / (cells - 1);
}
