import type { DecoderKind, DecoderSize } from '../counts/autoencoder.js';
import type { UsableKind } from '../counts/describe-matrix.js';
import { type ReadoutKind, readoutOf } from '../counts/readout.js';
import { publishedSize } from '../nn/patches.js';
import type { ModelSize, SizeChoice } from './choices.js';
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

const fewEvaluations: SamplingDefaults = { sampler: 'dpmpp', steps: 14, guidance: 1 };

const published: Preset = {
  space: 'genes',
  genes: 2000,
  scaling: 'none',
  diffusion: publishedDiffusion,
  // One evaluation takes a hundred times as long, and more do not mend the published recipe.
  sampling: { ...fewEvaluations, steps: 10 },
  recipes: { denoiser: publishedRecipe },
  steps: 2000,
  heldOut: 0,
};

const autoencoderRecipe: TrainingRecipe = {
  batchSize: 128,
  learningRate: 2e-3,
  weightDecay: 1e-4,
  warmupSteps: 100,
  averageDecay: 0.995,
};

const models: Readonly<Record<'crate' | 'wbdit' | 'dit', Preset>> = {
  wbdit: published,
  dit: published,
  crate: {
    space: 'latent',
    genes: 2000,
    scaling: 'none',
    diffusion: { schedule: 'cosine', parameterisation: 'v', weighting: 'uniform' },
    // Labels stronger than as trained, where 14 steps are 20 evaluations: real labels often come from a cell's own counts (docs/decisions.md).
    sampling: { ...fewEvaluations, guidance: 2, guidedShare: 3 / 7 },
    recipes: {
      autoencoder: autoencoderRecipe,
      decoder: autoencoderRecipe,
      denoiser: {
        batchSize: 256,
        // Gates and codes start small: at 1e-3 the same held-out loss takes three times as many steps (docs/decisions.md).
        learningRate: 4e-3,
        weightDecay: 0.01,
        warmupSteps: 100,
        averageDecay: 0.998,
      },
    },
    steps: 5000,
    heldOut: 0.1,
  },
};

/** The rivals of equal size train and sample as the models they are compared with; the model of noised genes as crate. */
export const presets: Readonly<Record<PresetName, Preset>> = {
  ...models,
  'crate-genes': {
    ...models.crate,
    space: 'noised-genes',
    recipes: { decoder: autoencoderRecipe, denoiser: models.crate.recipes.denoiser },
  },
  'latent-dit': models.crate,
  'dit-small': models.dit,
};

/**
 * What the count autoencoder has room for; the denoiser is the same, as a larger one is no better (docs/decisions.md).
 * The white box is the default decoder: its cells are as real (docs/decisions.md).
 */
const latentSizes: Readonly<Record<ModelSize, LatentSize>> = {
  base: {
    latent: 10,
    hidden: 128,
    decoders: {
      sparse: { kind: 'sparse', dim: 64, atoms: 512 },
      raising: { kind: 'raising', dim: 64, atoms: 256 },
      mlp: { kind: 'mlp', hidden: 128 },
    },
  },
  large: {
    latent: 20,
    hidden: 256,
    decoders: {
      sparse: { kind: 'sparse', dim: 128, atoms: 1024 },
      raising: { kind: 'raising', dim: 128, atoms: 512 },
      mlp: { kind: 'mlp', hidden: 256 },
    },
  },
};

interface LatentSize {
  /** Latent coordinates of a cell. */
  readonly latent: number;
  /** Units in each of the encoder's hidden layers. */
  readonly hidden: number;
  readonly decoders: Readonly<Record<DecoderKind, DecoderSize>>;
}

/** Cells to learn from on which 'auto' is 'large': an atlas of more gains much by it, single sets of fewer nothing in the mean (docs/decisions.md). */
const LARGE_FROM = 10_000;

/** @param cells that are learned from, without those set aside */
export function sizeFor(asked: SizeChoice, cells: number): ModelSize {
  if (asked !== 'auto') return asked;
  return cells < LARGE_FROM ? 'base' : 'large';
}

/**
 * Nats that a cell pays for a nat that raising programmes raise a gene by: enough that a programme is of few genes
 * (docs/decisions.md).
 */
export const defaultSparsity = 0.002;

/** The denoiser learns what codes are distributed like, so they need not be normal, and may hold more of a cell (docs/decisions.md). */
export const defaultPriorWeight = 0.3;

const crateSize = { tokens: 4, dim: 64, depth: 2, heads: 4, atoms: 256 } as const;

/** Deviation of the noise under which genes are restored, as a multiple of their own (docs/decisions.md). */
const NOISE_OF_GENES = 2;

/** Values that are no counts get a readout that invents none. */
export const readoutKindOf = (kind: UsableKind): ReadoutKind =>
  kind === 'counts' ? 'negative-binomial' : 'hurdle';

/**
 * What is diffused, for a preset on data of a kind.
 * @param spread deviation of genes' normalised expression, where that is noised; labels: width of those that the decoder is told
 */
export function stateSpaceOf(
  preset: PresetName,
  kind: UsableKind,
  genes: number,
  decoder: DecoderKind = 'sparse',
  size: ModelSize = 'base',
  { spread = 1, labels = 0 }: { readonly spread?: number | undefined; readonly labels?: number } = {},
): StateSpace {
  const { space } = presets[preset];
  if (space === 'genes') return { kind: 'genes' };
  const readout = readoutKindOf(kind);
  const { latent, hidden, decoders } = latentSizes[size];
  const ofDecoder = { genes, labels, decoder: decoders[decoder] };
  return space === 'latent'
    ? { kind: space, readout, autoencoder: { ...ofDecoder, latent, hidden } }
    : {
        kind: space,
        readout,
        autoencoder: { ...ofDecoder, latent: genes },
        noise: NOISE_OF_GENES * spread,
      };
}

/** Length of the diffused vector: the genes, or the latent coordinates and, for counts, the library size. */
export function stateWidth(state: StateSpace, genes: number): number {
  if (state.kind === 'genes') return genes;
  return state.autoencoder.latent + (readoutOf(state.readout).counts ? 1 : 0);
}

/** A DiT of crate's tokens, width and depth, whose MLP has the units that bring its blocks to as many parameters. */
function latentDitSize({ atoms, ...size }: typeof crateSize) {
  const { dim } = size;
  return { ...size, hidden: Math.round((2 * dim * (atoms - dim) - 4 * dim) / (2 * dim + 1)) };
}

/** DiT with the parameters of WBDiT, as near as eight heads allow: 18.06 million beside 17.93 at 2,000 genes. */
const smallDitSize = { ...publishedSize, dim: 560 } as const;

export function denoiserOf(preset: PresetName, width: number, conditionWidth: number): DenoiserDescription {
  const vector = { width, conditionWidth };
  switch (preset) {
    case 'crate':
    case 'crate-genes':
      return { kind: 'crate', ...vector, ...crateSize };
    case 'latent-dit':
      return { kind: preset, ...vector, ...latentDitSize(crateSize) };
    case 'dit-small':
      return { kind: 'dit', ...vector, ...smallDitSize };
    default:
      return { kind: preset, ...vector, ...publishedSize };
  }
}
