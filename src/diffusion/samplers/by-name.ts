import type { SamplerName } from '../timesteps.js';
import { ddim } from './ddim.js';
import { ddpm } from './ddpm.js';
import { dpmSolverPlusPlus2M } from './dpm-solver-pp.js';
import type { Sampler } from './sampler.js';

/** The sampler behind a `--sampler` name; DDIM with the published eta = 1, and DPM-Solver++ with noise as well, unless told otherwise. */
export function samplerByName(name: SamplerName, eta: 0 | 1 = 1): Sampler {
  switch (name) {
    case 'dpmpp':
      return dpmSolverPlusPlus2M(eta);
    case 'ddim':
      return ddim(eta);
    case 'ddpm':
      return ddpm;
  }
}
