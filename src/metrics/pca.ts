import { type CellRows, rowBlocks } from '../counts/cell-rows.js';
import { toCsr } from '../counts/csr.js';
import { OptionError } from '../errors.js';
import type { CsrMatrix, DenseMatrix, Matrix } from '../io/anndata.js';
import { BLOCK, leadingEigen } from './block-lanczos.js';

/** Values added in a row by `addScaled`; widths are multiples of it. */
const unroll = 4;

export interface PrincipalComponents {
  /** cells x k, float32: the centred cells on each component. */
  readonly scores: DenseMatrix;
  /**
   * k x genes, row-major: orthonormal rows; the entry of each that is largest without its sign is positive. A component without
   * variance may be all zeros.
   */
  readonly components: Float64Array;
  /** Per gene. */
  readonly mean: Float64Array;
  /** Variance (n - 1) of each component's scores, descending. */
  readonly explainedVariance: Float64Array;
}

/**
 * Principal components: the leading eigenvectors of the gene-gene scatter matrix, found in a random Krylov space (`leadingEigen`).
 * Cells are centred implicitly, so that sparse input stays sparse. The result depends on the order of the cells by rounding only.
 *
 * Cost: 8 multiplications a stored value and block of four directions; 25 to 50 blocks for 30 components.
 * Memory: 8 bytes a gene and direction, and the scores.
 * @param matrix cells x genes
 * @param k number of components, from 1 to the smaller of cells and genes
 * @param seed of the directions from which it starts
 * @throws OptionError for another number of components
 */
export function principalComponents(matrix: Matrix, k: number, seed: number): PrincipalComponents {
  const most = Math.min(matrix.rows, matrix.cols);
  if (!(Number.isInteger(k) && k >= 1 && k <= most)) {
    throw new OptionError(
      'components',
      `${k} is not a whole number from 1 to ${most}, the smaller of cells and genes`,
      'Ask for fewer components',
    );
  }
  const cells = toCsr(matrix);
  const mean = geneMeans(cells);
  const apply = (block: Float64Array) => scatterTimes(cells, mean, block);
  const { values, vectors } = leadingEigen(apply, cells.cols, k, seed);
  const components = transpose(vectors, cells.cols, k);
  fixSigns(components, k);
  return {
    scores: placeOn({ components, mean }, cells),
    ...{ components, mean },
    explainedVariance: values.map((value) => Math.max(0, value) / Math.max(1, cells.rows - 1)),
  };
}

/**
 * Other cells on components that were found already: cells x k, float32. Cost: two operations per stored value and component.
 * @param cells cells x genes, on the disk or in memory
 */
export function placeOn(
  { components, mean }: Pick<PrincipalComponents, 'components' | 'mean'>,
  cells: CellRows,
): DenseMatrix {
  const genes = mean.length;
  const k = components.length / genes;
  const width = unroll * Math.ceil(k / unroll);
  const basis = new Float64Array(genes * width);
  for (let c = 0; c < k; c++) {
    for (let gene = 0; gene < genes; gene++) basis[gene * width + c] = components[c * genes + gene];
  }
  const data = new Float32Array(cells.rows * k);
  let done = 0;
  for (const block of rowBlocks(cells)) {
    data.set(project(block, mean, basis, width, k), done * k);
    done += block.rows;
  }
  return { format: 'dense', rows: cells.rows, cols: k, data };
}

/** Centred cells on the first k columns of the basis (genes x width), float32, cells x k. */
function project(cells: CsrMatrix, mean: Float64Array, basis: Float64Array, width: number, k: number) {
  const shift = centreShift(mean, basis, width);
  const scores = new Float32Array(cells.rows * k);
  const row = new Float64Array(width);
  for (let cell = 0; cell < cells.rows; cell++) {
    projectCell(cells, cell, basis, shift, row);
    scores.set(row.subarray(0, k), cell * k);
  }
  return scores;
}

/** (A' A) W for the centred cells A and a block W (genes x BLOCK), in one pass over the cells. */
function scatterTimes(cells: CsrMatrix, mean: Float64Array, block: Float64Array): Float64Array<ArrayBuffer> {
  const { rows, indptr, indices, data } = cells;
  const image = new Float64Array(block.length);
  const [s0, s1, s2, s3] = centreShift(mean, block, BLOCK);
  let [t0, t1, t2, t3] = [0, 0, 0, 0];
  for (let cell = 0; cell < rows; cell++) {
    let [p0, p1, p2, p3] = [s0, s1, s2, s3];
    const end = indptr[cell + 1];
    for (let at = indptr[cell]; at < end; at++) {
      const value = data[at];
      const from = indices[at] * BLOCK;
      p0 += value * block[from];
      p1 += value * block[from + 1];
      p2 += value * block[from + 2];
      p3 += value * block[from + 3];
    }
    t0 += p0;
    t1 += p1;
    t2 += p2;
    t3 += p3;
    for (let at = indptr[cell]; at < end; at++) {
      const value = data[at];
      const to = indices[at] * BLOCK;
      image[to] += value * p0;
      image[to + 1] += value * p1;
      image[to + 2] += value * p2;
      image[to + 3] += value * p3;
    }
  }
  for (let gene = 0, at = 0; gene < mean.length; gene++, at += BLOCK) {
    image[at] -= mean[gene] * t0;
    image[at + 1] -= mean[gene] * t1;
    image[at + 2] -= mean[gene] * t2;
    image[at + 3] -= mean[gene] * t3;
  }
  return image;
}

/** One centred cell times `basis` (genes x width). */
function projectCell(
  { indptr, indices, data }: CsrMatrix,
  cell: number,
  basis: Float64Array,
  shift: Float64Array,
  out: Float64Array,
): void {
  const width = out.length;
  out.set(shift);
  for (let at = indptr[cell]; at < indptr[cell + 1]; at++) {
    addScaled(out, 0, data[at], basis, indices[at] * width, width);
  }
}

/** Minus the mean cell times `basis`: what centring adds to every cell's product. */
function centreShift(mean: Float64Array, basis: Float64Array, width: number): Float64Array {
  const shift = new Float64Array(width);
  for (let gene = 0; gene < mean.length; gene++) {
    addScaled(shift, 0, -mean[gene], basis, gene * width, width);
  }
  return shift;
}

function geneMeans(cells: CsrMatrix): Float64Array {
  const mean = new Float64Array(cells.cols);
  for (let at = 0; at < cells.indices.length; at++) mean[cells.indices[at]] += cells.data[at];
  return mean.map((sum) => sum / cells.rows);
}

/** Adds `scale` times a row to another; by fours, which takes half the time of one by one. */
function addScaled(
  out: Float64Array,
  at: number,
  scale: number,
  source: Float64Array,
  from: number,
  width: number,
): void {
  for (let c = 0; c < width; c += unroll, at += unroll, from += unroll) {
    out[at] += scale * source[from];
    out[at + 1] += scale * source[from + 1];
    out[at + 2] += scale * source[from + 2];
    out[at + 3] += scale * source[from + 3];
  }
}

/** Makes the entry of each component (k x genes) positive that is largest without its sign. */
function fixSigns(components: Float64Array, k: number): void {
  const genes = components.length / k;
  for (let c = 0; c < k; c++) {
    const component = components.subarray(c * genes, (c + 1) * genes);
    let largest = 0;
    for (const entry of component) if (Math.abs(entry) > Math.abs(largest)) largest = entry;
    if (largest < 0) component.set(component.map((entry) => -entry));
  }
}

function transpose(matrix: Float64Array, rows: number, cols: number): Float64Array {
  const transposed = new Float64Array(matrix.length);
  for (let row = 0; row < rows; row++) {
    for (let col = 0; col < cols; col++) transposed[col * rows + row] = matrix[row * cols + col];
  }
  return transposed;
}
