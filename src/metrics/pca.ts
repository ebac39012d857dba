import { type CellRows, rowBlocks } from '../counts/cell-rows.js';
import { toCsr } from '../counts/csr.js';
import { OptionError } from '../errors.js';
import type { CsrMatrix, DenseMatrix, Matrix } from '../io/anndata.js';
import { stream } from '../random/stream.js';
import { symmetricEigen } from './symmetric-eigen.js';

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

/** Directions carried beyond those asked for; they set the pace where the spectrum is flat. */
const oversampling = 20;
/** Largest residual |C v - theta v| of a component, as a share of its own theta. */
const tolerance = 1e-3;
const mostRounds = 12;
/** A filter may raise the first direction above the last one by this power of ten, and no rounding swamps the last. */
const filterDigits = 9;
/** Values added in a row by `addScaled`; widths are multiples of it. */
const unroll = 4;

/**
 * Principal components by randomised subspace iteration (Halko, Martinsson and Tropp 2011, algorithm 4.4) on the gene-gene
 * scatter matrix, its powers replaced by Chebyshev filters (Zhou and others 2006), which part a flat spectrum in fewer passes.
 * Cells are centred implicitly, so that sparse input stays sparse. Rounds go on until the components have converged, 12 at most.
 * The result depends on the order of the cells by rounding only.
 *
 * Cost: two multiplications per stored value, carried direction (k + 20) and pass; mostly 10 to 25 passes.
 * Memory: six times genes x (k + 20) float64, and the scores.
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
  const width = unroll * Math.ceil(Math.min(k + oversampling, cells.cols) / unroll);
  const { basis, values } = leadingDirections(cells, mean, width, k, seed);
  fixSigns(basis, width);
  return {
    scores: { format: 'dense', rows: cells.rows, cols: k, data: project(cells, mean, basis, width, k) },
    components: transpose(basis, cells.cols, width).slice(0, k * cells.cols),
    mean,
    explainedVariance: values.slice(0, k).map((value) => Math.max(0, value) / Math.max(1, cells.rows - 1)),
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

/** Ritz vectors (genes x width, row-major) and values of the scatter matrix, the largest first. */
function leadingDirections(
  cells: CsrMatrix,
  mean: Float64Array,
  width: number,
  wanted: number,
  seed: number,
) {
  const genes = cells.cols;
  const draws = stream(seed, 'pca');
  let basis = Float64Array.from({ length: genes * width }, () => draws.normal());
  orthonormalise(basis, genes, width);
  for (let round = 0; ; round++) {
    const image = scatterTimes(cells, mean, basis, width);
    const { values, vectors } = symmetricEigen(innerProducts(basis, image, genes, width), width);
    basis = turn(basis, vectors, genes, width);
    const turnedImage = turn(image, vectors, genes, width);
    if (round === mostRounds || hasConverged(basis, turnedImage, values, genes, width, wanted)) {
      return { basis, values };
    }
    basis = filter(cells, mean, basis, turnedImage, values, width);
    orthonormalise(basis, genes, width);
  }
}

/** Chebyshev polynomial of the scatter matrix, small on [0, the last value] and steep above it, times the basis. */
function filter(
  cells: CsrMatrix,
  mean: Float64Array,
  basis: Float64Array,
  image: Float64Array,
  values: Float64Array,
  width: number,
): Float64Array<ArrayBuffer> {
  const bound = Math.max(values[width - 1], 1e-12 * values[0]);
  const degree = Math.max(1, Math.floor(filterDigits / Math.log10((4 * values[0]) / bound)));
  let previous = basis;
  let current = image.map((value, i) => (2 / bound) * value - basis[i]);
  for (let step = 1; step < degree; step++) {
    const next = scatterTimes(cells, mean, current, width);
    for (let i = 0; i < next.length; i++) next[i] = (4 / bound) * next[i] - 2 * current[i] - previous[i];
    previous = current;
    current = next;
  }
  return current;
}

function hasConverged(
  basis: Float64Array,
  image: Float64Array,
  values: Float64Array,
  genes: number,
  width: number,
  wanted: number,
): boolean {
  for (let c = 0; c < wanted; c++) {
    let residual = 0;
    for (let i = c; i < genes * width; i += width) residual += (image[i] - values[c] * basis[i]) ** 2;
    // Directions without variance have nothing but rounding in them.
    if (Math.sqrt(residual) > Math.max(tolerance * values[c], 1e-12 * values[0])) return false;
  }
  return true;
}

/** (A' A) W for the centred cells A and W: genes x width, in one pass over the stored values. */
function scatterTimes(
  cells: CsrMatrix,
  mean: Float64Array,
  basis: Float64Array,
  width: number,
): Float64Array<ArrayBuffer> {
  const shift = centreShift(mean, basis, width);
  const image = new Float64Array(basis.length);
  const total = new Float64Array(width);
  const row = new Float64Array(width);
  const { indptr, indices, data } = cells;
  for (let cell = 0; cell < cells.rows; cell++) {
    projectCell(cells, cell, basis, shift, row);
    addScaled(total, 0, 1, row, 0, width);
    for (let at = indptr[cell]; at < indptr[cell + 1]; at++) {
      addScaled(image, indices[at] * width, data[at], row, 0, width);
    }
  }
  for (let gene = 0; gene < mean.length; gene++) {
    addScaled(image, gene * width, -mean[gene], total, 0, width);
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

/** Gram and Schmidt, twice for full accuracy (Giraud and others 2005); columns that depend on earlier ones become zero. */
function orthonormalise(basis: Float64Array, genes: number, width: number): void {
  const byColumn = transpose(basis, genes, width);
  const columns = Array.from({ length: width }, (_, c) => byColumn.subarray(c * genes, (c + 1) * genes));
  columns.forEach((column, c) => {
    const before = Math.sqrt(dot(column, column));
    for (let pass = 0; pass < 2; pass++) {
      for (const earlier of columns.slice(0, c)) {
        const product = dot(column, earlier);
        for (let gene = 0; gene < genes; gene++) column[gene] -= product * earlier[gene];
      }
    }
    const norm = Math.sqrt(dot(column, column));
    const scale = norm > 1e-14 * before ? 1 / norm : 0;
    for (let gene = 0; gene < genes; gene++) column[gene] *= scale;
  });
  basis.set(transpose(byColumn, width, genes));
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i] * b[i];
  return sum;
}

/** The symmetric part of W' Z (width x width). */
function innerProducts(w: Float64Array, z: Float64Array, genes: number, width: number): Float64Array {
  const products = new Float64Array(width * width);
  for (let gene = 0; gene < genes; gene++) {
    const base = gene * width;
    for (let i = 0; i < width; i++) addScaled(products, i * width, w[base + i], z, base, width);
  }
  return products.map((value, at) => (value + products[(at % width) * width + Math.floor(at / width)]) / 2);
}

/** W U (genes x width). */
function turn(w: Float64Array, u: Float64Array, genes: number, width: number): Float64Array<ArrayBuffer> {
  const turned = new Float64Array(genes * width);
  for (let base = 0; base < turned.length; base += width) {
    for (let i = 0; i < width; i++) addScaled(turned, base, w[base + i], u, i * width, width);
  }
  return turned;
}

/** Makes the entry of each column positive that is largest without its sign. */
function fixSigns(basis: Float64Array, width: number): void {
  for (let c = 0; c < width; c++) {
    let largest = 0;
    for (let i = c; i < basis.length; i += width) {
      if (Math.abs(basis[i]) > Math.abs(largest)) largest = basis[i];
    }
    if (largest < 0) for (let i = c; i < basis.length; i += width) basis[i] = -basis[i];
  }
}

function transpose(matrix: Float64Array, rows: number, cols: number): Float64Array {
  const transposed = new Float64Array(matrix.length);
  for (let row = 0; row < rows; row++) {
    for (let col = 0; col < cols; col++) transposed[col * rows + row] = matrix[row * cols + col];
  }
  return transposed;
}
