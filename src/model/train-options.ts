import { readFile } from 'node:fs/promises';
import { isDeepStrictEqual } from 'node:util';
import { type DecoderKind, decoderKinds } from '../counts/autoencoder.js';
import type { HvgFlavour } from '../counts/hvg/select-genes.js';
import type { Scaling } from '../counts/preprocessing.js';
import { defaultThreads } from '../engine/device.js';
import { FileError, OptionError } from '../errors.js';
import {
  aboveZero,
  isRecord,
  isText,
  oneOf,
  type Rule,
  type Rules,
  share,
  wholeFrom,
  zeroOrMore,
} from './checks.js';
import { type DeviceChoice, deviceChoices, type SizeChoice, sizeChoices } from './choices.js';
import { type PresetName, presetNames } from './description.js';
import { defaultPriorWeight, defaultSparsity, presets } from './presets.js';

/** What shapes a run: together with the data it gives the same weights again. */
export interface RunOptions {
  readonly preset?: PresetName;
  /** obs columns to condition on. */
  readonly labelKeys?: readonly string[];
  /** Matrix to use: 'X', 'raw' or a layer's name. */
  readonly layer?: string;
  /** Highly variable genes to model. */
  readonly genes?: number;
  readonly hvg?: HvgFlavour;
  /** Of log-normalised values before a model in gene space sees them: as they are, or every gene to unit variance. */
  readonly scaling?: Scaling;
  /** The budget of each stage in steps or in passes over the cells, or of the whole in minutes; one of them. */
  readonly steps?: number;
  readonly epochs?: number;
  readonly minutes?: number;
  readonly batchSize?: number;
  readonly learningRate?: number;
  /** Share of the cells that tell training when to stop; of models with an encoder the decoder alone learns from them, in the end. 0: it runs to the end of its budget. */
  readonly heldOut?: number;
  /** Of the presets 'crate' and 'latent-dit': the count autoencoder's room for kinds of cells; 'auto' goes by the number of cells. */
  readonly size?: SizeChoice;
  /** Of the same: weight of the autoencoder's prior, above 0; at 1 it is a plain VAE, whose prior cells can be drawn from. */
  readonly priorWeight?: number;
  /** Of the presets 'crate', 'crate-genes' and 'latent-dit': gene programmes that can be read, or a black box to compare with. */
  readonly decoder?: DecoderKind;
  /** Of the decoder 'raising': what it costs a cell to be made of much of many programmes; 0 or more. */
  readonly sparsity?: number;
  /** Of the preset 'crate': weight of the denoiser's sparse rate reduction in its loss, 0 by default. */
  readonly rateReduction?: number;
  readonly seed?: number;
  readonly device?: DeviceChoice;
  readonly threads?: number;
}

export interface TrainOptions extends RunOptions {
  /** The run folder. */
  readonly out: string;
  /** Go on with an interrupted run, with the options it was started with. */
  readonly resume?: boolean;
  /** Replace an existing run. */
  readonly force?: boolean;
  /** A JSON file of options, or a run's config.json; options given directly win. */
  readonly config?: string;
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: TrainProgress) => void;
  readonly onMessage?: (line: string) => void;
}

export interface TrainProgress {
  readonly stage: string;
  readonly step: number;
  readonly steps: number | null;
  readonly epoch: number;
  /** Mean over the latest steps. */
  readonly loss: number;
  /** Of the latest look at held-out cells. */
  readonly heldOutLoss?: number;
  readonly cellsPerSecond: number;
  readonly elapsedSeconds: number;
  readonly etaSeconds: number | null;
}

const checks: Rules<RunOptions> = {
  preset: oneOf(...presetNames),
  labelKeys: [(v) => Array.isArray(v) && v.every(isText), 'a list of obs columns'],
  layer: [isText, 'the name of a matrix'],
  genes: wholeFrom(1),
  hvg: oneOf('seurat_v3', 'cell_ranger'),
  scaling: oneOf('none', 'zscore'),
  steps: wholeFrom(1),
  epochs: aboveZero,
  minutes: aboveZero,
  batchSize: wholeFrom(1),
  learningRate: aboveZero,
  heldOut: share(0.5),
  size: oneOf(...sizeChoices),
  priorWeight: aboveZero,
  decoder: oneOf(...decoderKinds),
  sparsity: zeroOrMore,
  rateReduction: zeroOrMore,
  seed: wholeFrom(0),
  device: oneOf(...deviceChoices),
  threads: wholeFrom(1),
};

const runOptionNames = Object.keys(checks) as (keyof RunOptions)[];

/** Options with the defaults in: what config.json holds. */
export type ResolvedOptions = RunOptions &
  Required<
    Pick<RunOptions, 'preset' | 'labelKeys' | 'genes' | 'scaling' | 'heldOut' | 'seed' | 'device' | 'threads'>
  >;

const budgets = ['steps', 'epochs', 'minutes'] as const;

/**
 * The options that shape a run, from a configuration file (if one is named), from what was given directly, and from
 * the preset.
 * @throws OptionError for an unknown name or an impossible value; FileError for a file that is not JSON
 */
export async function runOptions(given: TrainOptions): Promise<ResolvedOptions> {
  return withDefaults(await givenOptions(given));
}

/** @param before options of the run that goes on, which need not be given again */
async function givenOptions(given: TrainOptions, before: RunOptions = {}): Promise<RunOptions> {
  const fromFile = given.config === undefined ? {} : await readConfiguration(given.config);
  const direct = pick(given);
  for (const [name, value] of Object.entries(fromFile)) checkOption(name, value, `${given.config}: ${name}`);
  for (const [name, value] of Object.entries(direct)) checkOption(name, value, flagOf(name));
  if (budgets.some((name) => direct[name] !== undefined)) for (const name of budgets) delete fromFile[name];
  if (direct.decoder !== undefined && direct.decoder !== 'raising') delete fromFile.sparsity;
  if (direct.preset !== undefined && direct.preset !== 'crate') delete fromFile.rateReduction;
  const merged: RunOptions = { ...fromFile, ...direct };
  const asked = budgets.filter((name) => merged[name] !== undefined);
  if (asked.length > 1) {
    throw new OptionError(`--${asked[1]}`, `is given together with --${asked[0]}`, 'Give one of them');
  }
  const preset = merged.preset ?? 'crate';
  const { space } = presets[preset];
  if (space === 'genes' && merged.decoder !== undefined) {
    throw new OptionError('--decoder', `the preset ${preset} has no decoder`, 'Leave it out');
  }
  if (space !== 'latent' && merged.size !== undefined) {
    throw new OptionError('--size', `the preset ${preset} has one size`, 'Leave it out');
  }
  if (space !== 'latent' && merged.priorWeight !== undefined) {
    throw new OptionError('--prior-weight', `the preset ${preset} has no prior`, 'Leave it out');
  }
  if (merged.sparsity !== undefined && (merged.decoder ?? before.decoder) !== 'raising') {
    throw new OptionError(
      '--sparsity',
      'only --decoder raising has a price of programmes',
      'Leave it out, or add --decoder raising',
    );
  }
  if (preset !== 'crate' && (merged.rateReduction ?? 0) > 0) {
    throw new OptionError(
      '--rate-reduction',
      `the preset ${preset} is trained without it`,
      'Leave it out, or use --preset crate',
    );
  }
  if (space !== 'genes' && merged.scaling === 'zscore') {
    throw new OptionError(
      '--scaling',
      `the preset ${preset} explains the values as they are`,
      'Leave it out, or use --preset wbdit or dit',
    );
  }
  return merged;
}

function withDefaults(options: RunOptions): ResolvedOptions {
  const name = options.preset ?? 'crate';
  const preset = presets[name];
  const hasBudget = budgets.some((budget) => options[budget] !== undefined);
  return {
    preset: name,
    labelKeys: [],
    genes: preset.genes,
    scaling: preset.scaling,
    heldOut: preset.heldOut,
    ...(preset.space === 'latent' && { size: 'auto', priorWeight: defaultPriorWeight }),
    ...(preset.space !== 'genes' && { decoder: 'sparse' }),
    ...(preset.space !== 'genes' && options.decoder === 'raising' && { sparsity: defaultSparsity }),
    ...(name === 'crate' && { rateReduction: 0 }),
    ...(!hasBudget && { steps: preset.steps }),
    seed: 0,
    device: 'auto',
    threads: defaultThreads(),
    ...options,
  };
}

/**
 * Refuses what would make of a run that goes on another run; the options it was started with may be repeated.
 * @throws OptionError, and what `runOptions` throws
 */
export async function refuseOtherOptions(given: TrainOptions, before: RunOptions): Promise<void> {
  for (const [name, value] of Object.entries(await givenOptions(given, before))) {
    const earlier = before[name as keyof RunOptions];
    if (name === 'threads' || isDeepStrictEqual(value, earlier)) continue;
    const was = earlier === undefined ? 'without it' : `with ${JSON.stringify(earlier)}`;
    const remedy = 'Leave it out, or start a new run';
    throw new OptionError(flagOf(name), `the run was started ${was}, and goes on that way`, remedy);
  }
}

const resolvedNames = ['preset', 'labelKeys', 'genes', 'scaling', 'heldOut', 'seed', 'device', 'threads'];

/** Whether a value has the form of the options that config.json holds. */
export function isResolvedOptions(value: unknown): value is ResolvedOptions {
  if (!isRecord(value) || resolvedNames.some((name) => value[name] === undefined)) return false;
  return Object.entries(value).every(([name, own]) => ruleOf(name)?.[0](own) ?? false);
}

/** Options whose names on the command line are not their own in kebab case. */
const flags: Readonly<Record<string, string>> = { labelKeys: '--label-key', learningRate: '--lr' };

/** The option of the command line that stands for an option of `train`. */
function flagOf(name: string): string {
  return flags[name] ?? `--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
}

/** The option of `train` that goes by this name, be it the command line's or its own. */
function optionNamed(name: string): string {
  return runOptionNames.find((option) => option === name || flagOf(option) === `--${name}`) ?? name;
}

function pick(options: TrainOptions): Record<string, unknown> {
  const values = runOptionNames.map((name) => [name, options[name]] as const);
  return Object.fromEntries(values.filter(([, value]) => value !== undefined));
}

async function readConfiguration(path: string): Promise<Record<string, unknown>> {
  try {
    const parsed: unknown = JSON.parse(await readFile(path, 'utf8'));
    const options = isRecord(parsed) && 'format' in parsed ? parsed.options : parsed;
    if (!isRecord(options)) throw new SyntaxError('not an object');
    return Object.fromEntries(Object.entries(options).map(([name, value]) => [optionNamed(name), value]));
  } catch (cause) {
    const missing = cause instanceof Error && 'code' in cause && cause.code === 'ENOENT';
    throw new FileError(
      path,
      missing ? 'does not exist' : 'is not a JSON file of options',
      'Give a file such as {"preset": "crate", "minutes": 5}',
      { cause },
    );
  }
}

/** Names come from files, so 'constructor' may be among them. */
function ruleOf(name: string): Rule | undefined {
  return Object.hasOwn(checks, name) ? checks[name as keyof RunOptions] : undefined;
}

/** @param origin names the option in a message */
function checkOption(name: string, value: unknown, origin: string): void {
  const rule = ruleOf(name);
  if (rule === undefined) {
    throw new OptionError(origin, 'is not an option of train', `Options are ${runOptionNames.join(', ')}`);
  }
  const [accepts, expected] = rule;
  if (!accepts(value))
    throw new OptionError(origin, `${JSON.stringify(value)} is not ${expected}`, 'Correct it');
}
