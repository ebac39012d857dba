import { type AutoencoderSize, type DecoderSize, decoderKinds } from '../counts/autoencoder.js';
import type { Preprocessing } from '../counts/preprocessing.js';
import { aboveZero, exactly, isWhole, oneOf, wholeUpTo } from './checks.js';
import { labelWidth } from './decoder-labels.js';
import type { DenoiserDescription, PresetName, StateSpace } from './description.js';
import type { JsonField } from './json-field.js';
import type { LabelSpace } from './labels.js';
import { denoiserOf, presets, readoutKindOf } from './presets.js';

/** What a file holds beside its description: a network that would need more is none of its own. */
export interface Stored {
  readonly arrays: number;
  /** In all arrays together. */
  readonly values: number;
}

/** What is diffused, which must be the preset's, of the same genes and labels. */
export function checkedState(
  field: JsonField,
  preset: PresetName,
  { kind, geneNames }: Preprocessing,
  labels: LabelSpace,
  stored: Stored,
): StateSpace {
  const { space } = presets[preset];
  const state = field.has<Pick<StateSpace, 'kind'>>({ kind: exactly(space) });
  if (space === 'genes') return state as StateSpace;
  const size = wholeUpTo(1, stored.values);
  const genes = geneNames.length;
  field.at('readout').is(exactly(readoutKindOf(kind)));
  if (space === 'noised-genes') field.at('noise').is(aboveZero);
  const autoencoder = field.at('autoencoder');
  autoencoder.has<Omit<AutoencoderSize, 'decoder' | 'hidden'>>({
    genes: exactly(genes),
    latent: space === 'latent' ? size : exactly(genes),
    labels: exactly(labelWidth(labels)),
  });
  if (space === 'latent') autoencoder.at('hidden').is(size);
  checkDecoder(autoencoder.at('decoder'), stored);
  return state as StateSpace;
}

function checkDecoder(field: JsonField, { values }: Stored): void {
  const size = wholeUpTo(1, values);
  const kind = field.at('kind').is<DecoderSize['kind']>(oneOf(...decoderKinds));
  if (kind === 'mlp') field.has({ kind: exactly(kind), hidden: size });
  else field.has({ kind: exactly(kind), dim: size, atoms: size });
}

/**
 * The network, which must be the preset's kind with these ends.
 * Every block holds a matrix of dim x dim for attention and one of dim x units for what follows.
 */
export function checkedDenoiser(
  field: JsonField,
  preset: PresetName,
  { width, conditionWidth }: Pick<DenoiserDescription, 'width' | 'conditionWidth'>,
  { arrays, values }: Stored,
): DenoiserDescription {
  const { kind } = denoiserOf(preset, width, conditionWidth);
  const denoiser = field.has<Pick<DenoiserDescription, 'kind' | 'width' | 'conditionWidth'>>({
    ...{ kind: exactly(kind), width: exactly(width), conditionWidth: exactly(conditionWidth) },
  });
  const sizeOf = (name: string, most: number) =>
    field.at(name).is<number>(wholeUpTo(1, Math.max(1, Math.floor(most))));
  const dim = sizeOf('dim', Math.sqrt(values));
  const depth = sizeOf('depth', Math.min(arrays, values / dim ** 2));
  field
    .at('heads')
    .is([(v) => isWhole(1, dim)(v) && dim % (v as number) === 0, `a whole number that divides ${dim}`]);
  sizeOf(kind === 'wbdit' || kind === 'dit' ? 'patch' : 'tokens', values / dim);
  if (kind === 'crate') sizeOf('atoms', values / (depth * dim));
  if (kind === 'latent-dit') sizeOf('hidden', values / (depth * dim));
  return denoiser as DenoiserDescription;
}
