import type { DenseMatrix } from '../../src/io/anndata.js';
import { nearestNeighbours } from '../../src/metrics/neighbours.js';
import { stream } from '../../src/random/stream.js';

/** Cells around `centres` points of ten dimensions, in turn: cell i belongs to cluster i mod centres. */
export function clusters(cells: number, centres: number, distance: number): DenseMatrix {
  const cols = 10;
  const data = new Float32Array(cells * cols);
  for (let cell = 0; cell < cells; cell++) {
    const own = stream(1, 'cell', cell);
    for (let col = 0; col < cols; col++) {
      data[cell * cols + col] = own.normal() + (col === cell % centres ? distance : 0);
    }
  }
  return { format: 'dense', rows: cells, cols, data };
}

export const plane = (coordinates: Float32Array): DenseMatrix => ({
  format: 'dense',
  rows: coordinates.length / 2,
  cols: 2,
  data: coordinates,
});

/** Share of each point's nearest ten in the plane for which `alike` holds. */
export function neighbourShare(coordinates: Float32Array, alike: (a: number, b: number) => boolean): number {
  const { indices, k } = nearestNeighbours(plane(coordinates), 10);
  return indices.filter((other, at) => alike(Math.floor(at / k), other)).length / indices.length;
}

/** The first two columns. */
export const firstTwo = ({ rows, cols, data }: DenseMatrix): Float32Array =>
  Float32Array.from({ length: 2 * rows }, (_, i) => data[(i >> 1) * cols + (i & 1)]);
