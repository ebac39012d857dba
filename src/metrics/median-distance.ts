import type { DenseMatrix } from '../io/anndata.js';
import { squaredDistance } from './points.js';

/** Bits of a float32 that a count is kept for at a time. */
const halfBits = 16;
const bins = 1 << halfBits;

/**
 * Median squared Euclidean distance of all pairs of different points (the mean of the two middle ones where their number is
 * even), each rounded to float32. Found by counting: float32 numbers from 0 on are ordered as their bits are.
 * Cost: every pair twice, n^2 d operations; 1 MB of memory.
 * @param points n x d, at least two
 */
export function medianSquaredDistance(points: DenseMatrix): number {
  const pairs = (points.rows * (points.rows - 1)) / 2;
  const ranks = [Math.floor((pairs - 1) / 2), Math.floor(pairs / 2)];
  const high = new Float64Array(bins);
  forEachDistance(points, (bits) => {
    high[bits >>> halfBits]++;
  });
  const upper = ranks.map((rank) => binOfRank(high, rank));
  const low = [new Float64Array(bins), new Float64Array(bins)];
  forEachDistance(points, (bits) => {
    if (bits >>> halfBits === upper[0].bin) low[0][bits & (bins - 1)]++;
    if (bits >>> halfBits === upper[1].bin) low[1][bits & (bins - 1)]++;
  });
  const middle = upper.map(({ bin, rest }, i) => floatOf(bin * bins + binOfRank(low[i], rest).bin));
  return (middle[0] + middle[1]) / 2;
}

function forEachDistance(points: DenseMatrix, use: (bits: number) => void): void {
  const value = new Float32Array(1);
  const bits = new Uint32Array(value.buffer);
  for (let i = 1; i < points.rows; i++) {
    for (let j = 0; j < i; j++) {
      value[0] = squaredDistance(points, i, points, j);
      use(bits[0]);
    }
  }
}

/** The bin that holds the element of this rank, and its rank within the bin; ranks are from 0. */
function binOfRank(counts: Float64Array, rank: number): { bin: number; rest: number } {
  let rest = rank;
  let bin = 0;
  while (rest >= counts[bin]) rest -= counts[bin++];
  return { bin, rest };
}

function floatOf(bits: number): number {
  return new Float32Array(Uint32Array.of(bits).buffer)[0];
}
