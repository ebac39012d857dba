import { crate } from '../crate/crate.js';
import { wbdit } from '../crate/wbdit.js';
import { dit } from '../dit/dit.js';
import { latentDit } from '../dit/latent-dit.js';
import { multiplyAdds } from '../graph/multiply-adds.js';
import { input } from '../graph/tensor.js';
import type { Denoiser } from '../nn/denoiser.js';
import { Params, parameterCount } from '../nn/params.js';
import type { DenoiserDescription } from './description.js';

/** The network that a description stands for. */
export function buildDenoiser(description: DenoiserDescription): Denoiser {
  switch (description.kind) {
    case 'crate':
      return crate(description);
    case 'latent-dit':
      return latentDit(description);
    case 'wbdit':
      return wbdit(description);
    case 'dit':
      return dit(description);
  }
}

/** Trainable numbers of a denoiser, and multiply-adds of one look at one row (see `multiplyAdds`). */
export function denoiserCost(description: DenoiserDescription): {
  readonly parameters: number;
  readonly multiplyAdds: number;
} {
  const { width, conditionWidth } = description;
  const params = Params.create();
  const condition = conditionWidth > 0 ? input('condition', [1, conditionWidth]) : null;
  const prediction = buildDenoiser(description).predict(
    params,
    input('x', [1, width]),
    input('t', [1]),
    condition,
  );
  return { parameters: parameterCount(params.list()), multiplyAdds: multiplyAdds([prediction]) };
}
