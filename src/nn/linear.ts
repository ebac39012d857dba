import { linear as affine } from '../graph/ops/matrix.js';
import type { Tensor } from '../graph/tensor.js';
import { type Initialiser, xavierUniform, zeros } from './init.js';
import type { Params } from './params.js';

export interface LinearOptions {
  readonly bias?: boolean;
  readonly init?: Initialiser;
}

/** A learned linear layer on the last axis of `x`, with bias unless told otherwise. */
export function linear(params: Params, x: Tensor, out: number, options: LinearOptions = {}): Tensor {
  const { bias = true, init = xavierUniform } = options;
  const weight = params.get('weight', [out, x.shape.at(-1) as number], init);
  return affine(x, weight, bias ? params.get('bias', [out], zeros) : null);
}
