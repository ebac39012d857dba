import { silu } from '../graph/ops/activation.js';
import { add, mul } from '../graph/ops/elementwise.js';
import { split } from '../graph/ops/layout.js';
import { layerNorm } from '../graph/ops/normalise.js';
import { reshape } from '../graph/ops/shape.js';
import type { Tensor } from '../graph/tensor.js';
import { inCellGroups } from './cell-groups.js';
import type { Look } from './denoiser.js';
import { zeros } from './init.js';
import { linear } from './linear.js';
import type { Params } from './params.js';

const EPSILON = 1e-6;

/**
 * adaLN-Zero (Peebles and Xie 2023): `count` vectors from the conditioning, zero at the start.
 * @param c batch x dim
 * @returns tensors of batch x 1 x dim
 */
export function modulation(params: Params, c: Tensor, dim: number, count: number): readonly Tensor[] {
  const vectors = linear(params.at('adaLN_modulation').at(1), silu(c), count * dim, { init: zeros });
  return split(reshape(vectors, [c.shape[0], 1, count * dim]), 2, count);
}

/** LN(z) (1 + scale) + shift, for tokens z of batch x tokens x dim. */
export function modulated(z: Tensor, shift: Tensor, scale: Tensor): Tensor {
  return add(mul(layerNorm(z, EPSILON), add(scale, 1)), shift);
}

/** The two halves of a block, of some cells or all: attention, and a nonlinearity (`code`) that `write` brings back to the tokens' width. */
export interface BlockParts {
  attend(x: Tensor): Tensor;
  code(x: Tensor): Tensor;
  write(code: Tensor): Tensor;
}

/**
 * A residual block steered by the conditioning:
 * z += gate1 A(mod1(LN z)); z += gate2 M(mod2(LN z)).
 */
export function adaLnBlock(params: Params, z: Tensor, c: Tensor, parts: BlockParts, look?: Look): Tensor {
  const vectors = modulation(params, c, z.shape[2] as number, 6);
  if (look !== undefined) return bothHalves(z, vectors, parts, look);
  return inCellGroups(z, vectors, (some, ownVectors) => bothHalves(some, ownVectors, parts));
}

function bothHalves(z: Tensor, vectors: readonly Tensor[], parts: BlockParts, look?: Look): Tensor {
  const [shift1, scale1, gate1, shift2, scale2, gate2] = vectors;
  const attention = parts.attend(modulated(z, shift1, scale1));
  const attended = add(z, mul(gate1, attention));
  const code = parts.code(modulated(attended, shift2, scale2));
  look?.({ before: z, attention, attended, code });
  return add(attended, mul(gate2, parts.write(code)));
}

/** Tokens to outputs: modulated LN, then a linear layer that starts at zero. Returns batch x tokens x out. */
export function finalLayer(params: Params, z: Tensor, c: Tensor, out: number): Tensor {
  const [shift, scale] = modulation(params, c, z.shape[2] as number, 2);
  return linear(params.at('linear'), modulated(z, shift, scale), out, { init: zeros });
}
