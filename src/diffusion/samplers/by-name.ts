import type { SamplerName } from '../timesteps.js';
import { ddim } from './ddim.js';
import { ddpm } from './ddpm.js';
import { dpmSolverPlusPlus2M } from './dpm-solver-pp.js';
import type { Sampler } from './sampler.js';

/** The sampler behind a `--sampler` name; DDIM with the published eta = 1 unless told otherwise. */
export function samplerByName(name: SamplerName, eta = 1): Sampler {
  switch (name) {
    case 'dpmpp':
      return dpmSolverPlusPlus2M;
    case 'ddim':
      return ddim(eta);
    case 'ddpm':
      return ddpm;
  }
}
