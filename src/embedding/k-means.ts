import type { DenseMatrix } from '../io/anndata.js';
import { nearestNeighboursAmong } from '../metrics/neighbours.js';
import { squaredDistance } from '../metrics/points.js';
import type { Stream } from '../random/stream.js';

const MOST_ROUNDS = 50;

/**
 * k-means: Lloyd's rounds (1982) from a k-means++ start (Arthur and Vassilvitskii 2007), until no point changes its cluster.
 * Cost: rounds x points x clusters x coordinates, with 50 rounds at most.
 * @param points points x coordinates
 * @param clusters at most as many as there are points
 * @returns the centres, clusters x coordinates, row-major
 */
export function kMeans(points: DenseMatrix, clusters: number, random: Stream): DenseMatrix {
  const centres = spreadCentres(points, clusters, random);
  let codes = nearestCentres(points, centres);
  for (let round = 0; round < MOST_ROUNDS; round++) {
    moveToMeans(centres, points, codes);
    const next = nearestCentres(points, centres);
    if (next.every((code, i) => code === codes[i])) break;
    codes = next;
  }
  return centres;
}

/** The nearest centre of each point, the first of equally near ones. */
export const nearestCentres = (points: DenseMatrix, centres: DenseMatrix): Int32Array =>
  nearestNeighboursAmong(points, centres, 1).indices;

/** The first centre is any point, each further one a point drawn by its squared distance to those before. */
function spreadCentres(points: DenseMatrix, clusters: number, random: Stream): DenseMatrix {
  const data = new Float32Array(clusters * points.cols);
  const centres = { ...points, rows: clusters, data };
  const distances = new Float64Array(points.rows).fill(Infinity);
  let chosen = random.integer(points.rows);
  for (let centre = 0; centre < clusters; centre++) {
    data.set(row(points, chosen), centre * points.cols);
    let total = 0;
    for (let point = 0; point < points.rows; point++) {
      distances[point] = Math.min(distances[point], squaredDistance(points, point, centres, centre));
      total += distances[point];
    }
    let left = random.uniform() * total;
    chosen = distances.findIndex((distance) => {
      left -= distance;
      return left < 0;
    });
    if (chosen < 0) chosen = random.integer(points.rows);
  }
  return centres;
}

/** A centre without points stays where it is. */
function moveToMeans(centres: DenseMatrix, points: DenseMatrix, codes: Int32Array): void {
  const { cols } = points;
  const sums = new Float64Array(centres.rows * cols);
  const sizes = new Float64Array(centres.rows);
  codes.forEach((code, point) => {
    sizes[code]++;
    for (let k = 0; k < cols; k++) sums[code * cols + k] += points.data[point * cols + k];
  });
  for (let at = 0; at < sums.length; at++) {
    const size = sizes[Math.floor(at / cols)];
    if (size > 0) centres.data[at] = sums[at] / size;
  }
}

const row = ({ data, cols }: DenseMatrix, i: number) => data.subarray(i * cols, (i + 1) * cols);
