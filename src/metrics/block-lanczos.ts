import { stream } from '../random/stream.js';
import { symmetricEigen } from './symmetric-eigen.js';

/** Columns of a block: that many eigenvectors of one value are told apart, and a stored number is read once for all of them. */
export const BLOCK = 4;

/** Times a symmetric matrix without negative eigenvalues: of a block (n x BLOCK, row-major) its image. */
export type SymmetricOperator = (block: Float64Array) => Float64Array<ArrayBuffer>;

export interface LeadingEigen {
  /** The largest first. */
  readonly values: Float64Array;
  /** n x wanted, row-major, orthonormal columns; all zeros where the space has no further direction. */
  readonly vectors: Float64Array;
}

/** Largest residual |C v - theta v| of a vector, as a share of its own theta. */
const tolerance = 1e-3;
/** A residual this much below the largest value is nothing but rounding. */
const negligible = 1e-12;
/** Directions looked through beyond those asked for, before what has been found is taken as it is. */
const mostBeyond = 500;

/**
 * The largest eigenvalues and their vectors, by Rayleigh and Ritz in the Krylov space of four random vectors: block Lanczos with
 * full reorthogonalisation (Golub and Underwood 1977; randomised block Krylov, Musco and Musco 2015). A space of two to six
 * times `wanted` directions mostly does. A value that more than four vectors share exactly may be found four times only.
 *
 * Cost: an application a block of four directions; n m^2 multiplications to keep m directions orthogonal. Memory: n m float64.
 * @param apply the matrix
 * @param n its size
 * @param wanted from 1 to n
 * @param seed of the vectors from which it starts
 */
export function leadingEigen(
  apply: SymmetricOperator,
  n: number,
  wanted: number,
  seed: number,
): LeadingEigen {
  const draws = stream(seed, 'pca');
  const random = () => Float64Array.from({ length: n * BLOCK }, () => draws.normal());
  const basis: Float64Array[] = [];
  /** Of each block's image: its parts along the blocks before and itself, and the factor that makes the rest the next block. */
  const images: Image[] = [];
  let block = random();
  orthonormalise(block, columnNorms(block, n), n);
  let nextLook = 2 * wanted;
  for (;;) {
    basis.push(block);
    const rest = apply(block);
    const norms = columnNorms(rest, n);
    // The matrix is symmetric: all but the last two blocks have only rounding in common with the image.
    const along = basis.map((earlier, b) => (b < basis.length - 2 ? zeros() : takeOut(rest, earlier, n)));
    basis.forEach((earlier, b) => {
      addTo(along[b], takeOut(rest, earlier, n));
    });
    const factor = orthonormalise(rest, norms, n);
    images.push({ along, factor });
    const found = basis.length * BLOCK;
    const isWhole = found >= n || found >= wanted + mostBeyond;
    if (found >= nextLook || isWhole) {
      nextLook = Math.ceil(1.25 * found);
      const ritz = symmetricEigen(projected(images), found);
      if (isWhole || hasConverged(ritz, factor, found, wanted)) {
        return { values: ritz.values.slice(0, wanted), vectors: combined(basis, ritz.vectors, n, wanted) };
      }
    }
    refill(rest, basis, random, n);
    block = rest;
  }
}

interface Image {
  /** BLOCK x BLOCK each, row-major: row of the earlier block's column, column of the image's. */
  readonly along: readonly Float64Array[];
  readonly factor: Float64Array;
}

const zeros = (): Float64Array => new Float64Array(BLOCK * BLOCK);

/** The matrix on the basis, of which each image tells the columns up to its own block. */
function projected(images: readonly Image[]): Float64Array {
  const size = images.length * BLOCK;
  const matrix = new Float64Array(size * size);
  images.forEach(({ along }, own) => {
    along.forEach((part, earlier) => {
      for (let i = 0; i < BLOCK; i++) {
        for (let j = 0; j < BLOCK; j++) {
          const [row, col] = [earlier * BLOCK + i, own * BLOCK + j];
          // Within a block both halves are told, and differ by rounding.
          const value =
            earlier === own ? (part[i * BLOCK + j] + part[j * BLOCK + i]) / 2 : part[i * BLOCK + j];
          matrix[row * size + col] = matrix[col * size + row] = value;
        }
      }
    });
  });
  return matrix;
}

/** What an image of the basis has outside it lies along the next block: `factor` times the last block's part of the vector. */
function hasConverged(
  { values, vectors }: { values: Float64Array; vectors: Float64Array },
  factor: Float64Array,
  size: number,
  wanted: number,
): boolean {
  for (let c = 0; c < wanted; c++) {
    let squared = 0;
    for (let i = 0; i < BLOCK; i++) {
      let part = 0;
      for (let j = 0; j < BLOCK; j++) {
        part += factor[i * BLOCK + j] * vectors[(size - BLOCK + j) * size + c];
      }
      squared += part * part;
    }
    if (Math.sqrt(squared) > Math.max(tolerance * values[c], negligible * values[0])) return false;
  }
  return true;
}

/** The basis (blocks of n x BLOCK) times the first `wanted` columns of `vectors`: n x wanted. */
function combined(
  basis: readonly Float64Array[],
  vectors: Float64Array,
  n: number,
  wanted: number,
): Float64Array {
  const size = basis.length * BLOCK;
  const result = new Float64Array(n * wanted);
  basis.forEach((block, b) => {
    for (let row = 0; row < n; row++) {
      for (let i = 0; i < BLOCK; i++) {
        const value = block[row * BLOCK + i];
        const from = (b * BLOCK + i) * size;
        const to = row * wanted;
        for (let c = 0; c < wanted; c++) result[to + c] += value * vectors[from + c];
      }
    }
  });
  return result;
}

/** Takes the part along `earlier` out of `block` and returns it: earlier' block, BLOCK x BLOCK. */
function takeOut(block: Float64Array, earlier: Float64Array, n: number): Float64Array {
  const along = zeros();
  for (let i = 0; i < BLOCK; i++) {
    let [p0, p1, p2, p3] = [0, 0, 0, 0];
    for (let at = 0; at < n * BLOCK; at += BLOCK) {
      const e = earlier[at + i];
      p0 += e * block[at];
      p1 += e * block[at + 1];
      p2 += e * block[at + 2];
      p3 += e * block[at + 3];
    }
    along.set([p0, p1, p2, p3], i * BLOCK);
  }
  for (let i = 0; i < BLOCK; i++) {
    const [p0, p1, p2, p3] = along.subarray(i * BLOCK);
    for (let at = 0; at < n * BLOCK; at += BLOCK) {
      const e = earlier[at + i];
      block[at] -= p0 * e;
      block[at + 1] -= p1 * e;
      block[at + 2] -= p2 * e;
      block[at + 3] -= p3 * e;
    }
  }
  return along;
}

/**
 * Where the Krylov space ends in a direction, its column is zero: a random one that is orthogonal to all takes its place, which
 * no image so far has a part in. It stays zero where there is no further direction.
 */
function refill(
  block: Float64Array,
  basis: readonly Float64Array[],
  random: () => Float64Array,
  n: number,
): void {
  const norms = columnNorms(block, n);
  if (norms.every((norm) => norm > 0)) return;
  const fresh = random();
  const before = columnNorms(fresh, n);
  for (let pass = 0; pass < 2; pass++) for (const earlier of [...basis, block]) takeOut(fresh, earlier, n);
  orthonormalise(fresh, before, n);
  const found = columnNorms(fresh, n).flatMap((norm, column) => (norm > 0 ? [column] : []));
  for (let c = 0; c < BLOCK; c++) {
    const column = norms[c] === 0 ? found.shift() : undefined;
    if (column === undefined) continue;
    for (let at = 0; at < block.length; at += BLOCK) block[at + c] = fresh[at + column];
  }
}

/**
 * Gram and Schmidt within a block, in place, each column twice for full accuracy (Giraud and others 2005). Columns that are no more
 * than the rounding of what they were, by `norms`, become zero. Returns R (BLOCK x BLOCK, row-major): the block as it was is the new one times R.
 */
function orthonormalise(block: Float64Array, norms: readonly number[], n: number): Float64Array {
  const factor = zeros();
  for (let c = 0; c < BLOCK; c++) {
    for (let pass = 0; pass < 2; pass++) {
      for (let earlier = 0; earlier < c; earlier++) {
        const product = columnProduct(block, earlier, c, n);
        factor[earlier * BLOCK + c] += product;
        for (let at = 0; at < n * BLOCK; at += BLOCK) block[at + c] -= product * block[at + earlier];
      }
    }
    const norm = Math.sqrt(columnProduct(block, c, c, n));
    const isNew = norm > negligible * norms[c];
    factor[c * BLOCK + c] = isNew ? norm : 0;
    for (let at = c; at < n * BLOCK; at += BLOCK) block[at] = isNew ? block[at] / norm : 0;
  }
  return factor;
}

const columnNorms = (block: Float64Array, n: number): number[] =>
  Array.from({ length: BLOCK }, (_, c) => Math.sqrt(columnProduct(block, c, c, n)));

function columnProduct(block: Float64Array, a: number, b: number, n: number): number {
  let sum = 0;
  for (let at = 0; at < n * BLOCK; at += BLOCK) sum += block[at + a] * block[at + b];
  return sum;
}

function addTo(sum: Float64Array, part: Float64Array): void {
  for (let i = 0; i < sum.length; i++) sum[i] += part[i];
}
