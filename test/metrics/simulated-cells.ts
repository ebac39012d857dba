import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { compressRows } from '../../src/counts/csr.js';
import type { CsrMatrix, DenseMatrix } from '../../src/io/anndata.js';
import { stream } from '../../src/random/stream.js';
import { projectRoot } from '../shared.js';

/** The file that test/metrics/reference/<name>.py wrote. */
export function reference<T>(name: string): T {
  return JSON.parse(readFileSync(join(projectRoot, 'test/metrics/reference', `${name}.json`), 'utf8'));
}

export function dense(rows: readonly (readonly number[])[]): DenseMatrix {
  return { format: 'dense', rows: rows.length, cols: rows[0].length, data: Float32Array.from(rows.flat()) };
}

/** What two-sets.py simulated, and its figures. */
export interface TwoSets {
  readonly logged: readonly [number[][], number[][]];
  readonly points: readonly [number[][], number[][]];
  readonly directions: number[][];
  readonly bandwidth: number;
  readonly mmd: number;
  readonly mmdLegacy: number;
  readonly energyDistance: number;
  readonly wasserstein: number[];
  readonly slicedWasserstein: number;
  readonly kullbackLeibler: number[];
  readonly jensenShannon: number[];
  readonly profile: Readonly<Record<'mean' | 'variance' | 'zeros', number[]>>;
  readonly agreement: Readonly<Record<'mean' | 'variance' | 'zeros', { pearson: number; spearman: number }>>;
  readonly geneCorrelationAgreement: number;
  readonly kolmogorovSmirnov: number;
  readonly manifold: { precision: number; recall: number; density: number; coverage: number };
  readonly mixingIndex: number;
  readonly nearest: { readonly indices: number[][]; readonly distances: number[][] };
}

export const twoSets = reference<TwoSets>('two-sets');

const unquantised = (rows: number[][]) => dense(rows.map((row) => row.map((value) => value / 256)));

/** 60 and 45 points in 5 dimensions. */
export const [realPoints, otherPoints] = twoSets.points.map(unquantised);

/** 60 and 45 log-normalised cells of 25 genes. */
export const [realCells, otherCells] = twoSets.logged.map((rows) => compressRows(unquantised(rows)));

/** Standard normal points moved along the first axis. */
export function normalPoints(rows: number, cols: number, seed: number, shift = 0): DenseMatrix {
  const data = new Float32Array(rows * cols);
  stream(seed, 'test points').fillNormal(data);
  for (let row = 0; row < rows; row++) data[row * cols] += shift;
  return { format: 'dense', rows, cols, data };
}

/** Negative binomial counts around gene means that fall with the gene's number, times `factor`. */
export function simulatedCounts(rows: number, cols: number, seed: number, factor = 1): CsrMatrix {
  const data = new Float32Array(rows * cols);
  for (let row = 0; row < rows; row++) {
    const draws = stream(seed, 'test counts', row);
    const size = Math.exp(0.3 * draws.normal());
    for (let col = 0; col < cols; col++) {
      data[row * cols + col] = draws.negativeBinomial((size * factor * 4) / (1 + (col % 10)), 2);
    }
  }
  return compressRows({ format: 'dense', rows, cols, data });
}

/** The rows from 0 up to `count`, in another order. */
export function shuffledRows(count: number, seed: number): Int32Array {
  return stream(seed, 'test order').shuffle(Int32Array.from({ length: count }, (_, row) => row));
}
