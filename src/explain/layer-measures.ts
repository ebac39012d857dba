import { codingRate, subspaceRates } from './coding-rate.js';
import type { LayerMeasure } from './explanation.js';

/** What a layer computed for some cells at one noise level, row-major. */
export interface LayerValues {
  readonly cells: number;
  readonly tokens: number;
  readonly dim: number;
  /** cells x tokens x dim. */
  readonly before: Float32Array;
  readonly attended: Float32Array;
  /** cells x tokens x units. */
  readonly code: Float32Array;
}

/** The layer's projection by head, heads x d_h x dim. */
export interface Subspaces {
  readonly heads: number;
  readonly weights: Float32Array;
}

/**
 * The terms of the sparse rate reduction objective at one layer (Yu et al. 2023, section 2): R^c before and after attention,
 * R - R^c after it, and the zeros of the code. Once from each cell's own tokens (mean over cells), once from the tokens of
 * all cells together.
 */
export function measureLayer(
  layer: number,
  t: number,
  values: LayerValues,
  subspaces: Subspaces,
): LayerMeasure {
  const { cells, tokens, dim, before, attended, code } = values;
  const rates = (of: Float32Array, n: number) =>
    sumOf(subspaceRates(of, n, dim, subspaces.weights, subspaces.heads));
  let [rateBefore, rateAfter, whole] = [0, 0, 0];
  for (let cell = 0; cell < cells; cell++) {
    const own = (of: Float32Array) => of.subarray(cell * tokens * dim, (cell + 1) * tokens * dim);
    rateBefore += rates(own(before), tokens) / cells;
    rateAfter += rates(own(attended), tokens) / cells;
    whole += codingRate(own(attended), tokens, dim) / cells;
  }
  const pooledAfter = rates(attended, cells * tokens);
  let zeros = 0;
  for (const value of code) if (value === 0) zeros++;
  return {
    ...{ layer, t, rateBefore, rateAfter, reduction: whole - rateAfter },
    ...{ pooledBefore: rates(before, cells * tokens), pooledAfter },
    pooledReduction: codingRate(attended, cells * tokens, dim) - pooledAfter,
    zeros: zeros / code.length,
  };
}

const sumOf = (values: Float64Array): number => values.reduce((a, b) => a + b, 0);
