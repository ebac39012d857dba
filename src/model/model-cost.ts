import { multiplyAdds } from '../graph/multiply-adds.js';
import { Params, parameterCount } from '../nn/params.js';
import type { DenoiserDescription, StateSpace } from './description.js';
import { denoiserOutputs, readoutOutputs } from './export-onnx.js';

/** Trainable numbers of a denoiser, and multiply-adds of one look at one row (see `multiplyAdds`). */
export function denoiserCost(description: DenoiserDescription): {
  readonly parameters: number;
  readonly multiplyAdds: number;
} {
  const params = Params.create();
  const outputs = denoiserOutputs(description, params, 1);
  return { parameters: parameterCount(params.list()), multiplyAdds: multiplyAdds(Object.values(outputs)) };
}

/** Multiply-adds of decoding one row; none where genes are diffused. */
export function readoutCost(state: StateSpace): number {
  if (state.kind === 'genes') return 0;
  return multiplyAdds(Object.values(readoutOutputs(state.autoencoder, state.readout, Params.create(), 1)));
}
