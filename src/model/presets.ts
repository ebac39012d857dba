import type { AutoencoderSize, DecoderKind, DecoderSize } from '../counts/autoencoder.js';
import type { UsableKind } from '../counts/describe-matrix.js';
import { type ReadoutKind, readoutOf } from '../counts/readout.js';
import { publishedSize } from '../nn/patches.js';
import type {
  DenoiserDescription,
  DiffusionDescription,
  Preset,
  PresetName,
  SamplingDefaults,
  StateSpace,
  TrainingRecipe,
} from './description.js';

/** Published: eps-prediction on a linear schedule, plain squared error (arXiv 2411.06785). */
const publishedDiffusion: DiffusionDescription = {
  schedule: 'linear',
  parameterisation: 'eps',
  weighting: 'uniform',
};

/** Published: AdamW at 1e-4 on 16 cells, no warm-up, no moving average. */
const publishedRecipe: TrainingRecipe = {
  batchSize: 16,
  learningRate: 1e-4,
  weightDecay: 0.01,
  warmupSteps: 0,
  averageDecay: null,
};

const fewEvaluations: SamplingDefaults = { sampler: 'dpmpp', steps: 20, guidance: 1 };

const published: Preset = {
  genes: 2000,
  scaling: 'none',
  diffusion: publishedDiffusion,
  // Half of the default's: one evaluation takes a hundred times as long, and more do not mend the published recipe.
  sampling: { ...fewEvaluations, steps: 10 },
  recipes: { denoiser: publishedRecipe },
  steps: 2000,
  heldOut: 0,
};

export const presets: Readonly<Record<PresetName, Preset>> = {
  wbdit: published,
  dit: published,
  crate: {
    genes: 2000,
    scaling: 'none',
    diffusion: { schedule: 'cosine', parameterisation: 'v', weighting: 'uniform' },
    sampling: fewEvaluations,
    recipes: {
      autoencoder: {
        batchSize: 128,
        learningRate: 2e-3,
        weightDecay: 1e-4,
        warmupSteps: 100,
        averageDecay: 0.995,
      },
      denoiser: {
        batchSize: 256,
        learningRate: 1e-3,
        weightDecay: 0.01,
        warmupSteps: 100,
        averageDecay: 0.998,
      },
    },
    steps: 10_000,
    heldOut: 0.1,
  },
};

/** Latent coordinates and hidden units of the encoder. */
const latentSize = { latent: 10, hidden: 128 } as const;

/** The white box is the default: its held-out bound is as good or better on most sets (docs/decisions.md). */
const decoderSizes: Readonly<Record<DecoderKind, DecoderSize>> = {
  sparse: { kind: 'sparse', dim: 64, atoms: 512 },
  mlp: { kind: 'mlp', hidden: 128 },
};

const crateSize = { tokens: 4, dim: 64, depth: 2, heads: 4, atoms: 256 } as const;

/** What is diffused, for a preset on data of a kind. Values that are no counts get a readout that invents none. */
export function stateSpaceOf(
  preset: PresetName,
  kind: UsableKind,
  genes: number,
  decoder: DecoderKind = 'sparse',
): StateSpace {
  if (preset !== 'crate') return { kind: 'genes' };
  const readout: ReadoutKind = kind === 'counts' ? 'negative-binomial' : 'hurdle';
  const autoencoder: AutoencoderSize = { genes, ...latentSize, decoder: decoderSizes[decoder] };
  return { kind: 'latent', readout, autoencoder };
}

/** Length of the diffused vector: the genes, or the latent coordinates and, for counts, the library size. */
export function stateWidth(state: StateSpace, genes: number): number {
  if (state.kind === 'genes') return genes;
  return state.autoencoder.latent + (readoutOf(state.readout).counts ? 1 : 0);
}

export function denoiserOf(preset: PresetName, width: number, conditionWidth: number): DenoiserDescription {
  return preset === 'crate'
    ? { kind: preset, width, conditionWidth, ...crateSize }
    : { kind: preset, width, conditionWidth, ...publishedSize };
}
