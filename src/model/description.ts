import type { AutoencoderSize, CellDecoderSize } from '../counts/autoencoder.js';
import type { Preprocessing, Scaling } from '../counts/preprocessing.js';
import type { ReadoutKind } from '../counts/readout.js';
import type { CrateSize } from '../crate/crate.js';
import type { LossWeighting } from '../diffusion/loss-weight.js';
import type { Parameterisation } from '../diffusion/parameterisation.js';
import type { ScheduleName } from '../diffusion/schedule.js';
import type { SamplerName } from '../diffusion/timesteps.js';
import type { LatentDitSize } from '../dit/latent-dit.js';
import type { GenePatchSize } from '../nn/patches.js';
import type { LabelSpace } from './labels.js';
import type { DataFingerprint } from './training-cells.js';

export const presetNames = ['crate', 'crate-genes', 'latent-dit', 'wbdit', 'dit', 'dit-small'] as const;
export type PresetName = (typeof presetNames)[number];

/** The network that denoises, with all its dimensions. */
export type DenoiserDescription =
  | ({ readonly kind: 'crate' } & CrateSize)
  | ({ readonly kind: 'latent-dit' } & LatentDitSize)
  | ({ readonly kind: 'wbdit' } & GenePatchSize)
  | ({ readonly kind: 'dit' } & GenePatchSize);

/**
 * What is diffused: the genes themselves; the latent coordinates of a count autoencoder with the library size; or, with the library
 * size, the genes as they are under so much noise that a decoder must restore them (a denoising autoencoder, Vincent et al. 2008).
 */
export type StateSpace =
  | { readonly kind: 'genes' }
  | { readonly kind: 'latent'; readonly readout: ReadoutKind; readonly autoencoder: AutoencoderSize }
  | {
      readonly kind: 'noised-genes';
      readonly readout: ReadoutKind;
      /** Its coordinates are the genes. */
      readonly autoencoder: CellDecoderSize;
      /** Deviation of the noise on each gene's normalised expression. */
      readonly noise: number;
    };

export interface DiffusionDescription {
  readonly schedule: ScheduleName;
  readonly parameterisation: Parameterisation;
  readonly weighting: LossWeighting;
}

/** How a part of the model is optimised. */
export interface TrainingRecipe {
  readonly batchSize: number;
  readonly learningRate: number;
  readonly weightDecay: number;
  readonly warmupSteps: number;
  /** Decay of the moving average of the weights that generation uses; null: it uses the weights themselves. */
  readonly averageDecay: number | null;
}

export interface SamplingDefaults {
  readonly sampler: SamplerName;
  readonly steps: number;
  /** Weight of classifier-free guidance; 1 is the conditional model as it is. */
  readonly guidance: number;
  /** Share of the steps, the last ones, at which guidance above 1 holds; left out: all. */
  readonly guidedShare?: number;
}

/** Everything but the weights: enough to train, generate, explain and export. Plain JSON. */
export interface ModelDescription {
  readonly preset: PresetName;
  readonly preprocessing: Preprocessing;
  readonly labels: LabelSpace;
  readonly state: StateSpace;
  readonly denoiser: DenoiserDescription;
  readonly diffusion: DiffusionDescription;
  readonly sampling: SamplingDefaults;
  readonly trainedOn: DataFingerprint;
}

/** What generated cells hold: counts with their logarithms, or logarithms alone. */
export type ValuesDrawn = 'counts' | 'log-normalised';

/** A published model draws logarithms; the others draw counts, if they learned from counts. */
export const valuesDrawn = ({ state }: Pick<ModelDescription, 'state'>): ValuesDrawn =>
  state.kind !== 'genes' && state.readout === 'negative-binomial' ? 'counts' : 'log-normalised';

/** What a preset fixes before it has seen any data. */
export interface Preset {
  readonly space: StateSpace['kind'];
  readonly genes: number;
  readonly scaling: Scaling;
  readonly diffusion: DiffusionDescription;
  readonly sampling: SamplingDefaults;
  /** Recipes by stage, in the order in which the stages run; the one of `decoder` is also that of `decoder-all`. */
  readonly recipes: Readonly<Record<string, TrainingRecipe>>;
  /** Most steps of each stage where no budget is asked for. */
  readonly steps: number;
  /** Share of the cells that tell training when to stop. */
  readonly heldOut: number;
}
