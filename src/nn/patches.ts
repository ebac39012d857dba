import { add } from '../graph/ops/elementwise.js';
import { pad, slice } from '../graph/ops/layout.js';
import { reshape } from '../graph/ops/shape.js';
import { constant, type Tensor } from '../graph/tensor.js';
import { linear } from './linear.js';
import type { Params } from './params.js';

/** Dimensions of a denoiser whose tokens are patches of consecutive genes. */
export interface GenePatchSize {
  /** Genes. */
  readonly width: number;
  readonly conditionWidth: number;
  /** Consecutive genes in a token. */
  readonly patch: number;
  readonly dim: number;
  readonly depth: number;
  readonly heads: number;
}

/** The size of the published models (arXiv 2411.06785). */
export const publishedSize = { patch: 10, dim: 768, depth: 3, heads: 8 } as const;

/**
 * Cuts rows into patches of consecutive genes and embeds each, with its position.
 * The last patch is filled up with zeros.
 * @param x batch x width
 * @returns batch x ceil(width / patch) x dim
 */
export function patchTokens(params: Params, x: Tensor, patch: number, dim: number): Tensor {
  const [batch, width] = x.shape as [number | string, number];
  const tokens = Math.ceil(width / patch);
  const filled = pad(x, 1, 0, tokens * patch - width);
  const embedded = linear(params.at('proj'), reshape(filled, [batch, tokens, patch]), dim);
  return add(embedded, constant(positionCode(tokens, dim), [1, tokens, dim]));
}

/** The inverse cut: batch x tokens x patch to batch x width. */
export function joinPatches(patches: Tensor, width: number): Tensor {
  const [batch, tokens, patch] = patches.shape as [number | string, number, number];
  const filled = reshape(patches, [batch, tokens * patch]);
  return tokens * patch === width ? filled : slice(filled, 1, 0, width);
}

/**
 * The published position code, made for a picture one patch wide: the first half of the channels encodes the
 * constant coordinate 0, the second half the token's index; each half is sines, then cosines.
 * @returns tokens x dim, row-major
 */
export function positionCode(tokens: number, dim: number): Float32Array {
  const quarter = dim / 4;
  const code = new Float32Array(tokens * dim);
  for (let token = 0; token < tokens; token++) {
    for (let k = 0; k < quarter; k++) {
      const angle = token * 10000 ** (-k / quarter);
      code[token * dim + quarter + k] = 1;
      code[token * dim + 2 * quarter + k] = Math.sin(angle);
      code[token * dim + 3 * quarter + k] = Math.cos(angle);
    }
  }
  return code;
}
