import { crate } from '../crate/crate.js';
import { wbdit } from '../crate/wbdit.js';
import { dit } from '../dit/dit.js';
import { latentDit } from '../dit/latent-dit.js';
import type { Denoiser } from '../nn/denoiser.js';
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
