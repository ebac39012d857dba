import { expressionSpread } from '../counts/preprocessing.js';
import { batchSizeFor } from './batches.js';
import { clustersFor } from './cell-clusters.js';
import { labelWidth } from './decoder-labels.js';
import type { ModelDescription, Preset, TrainingRecipe } from './description.js';
import { conditionWidth } from './labels.js';
import { modelFormatVersion } from './model-file.js';
import { denoiserOf, presets, sizeFor, stateSpaceOf, stateWidth } from './presets.js';
import type { ResolvedOptions } from './train-options.js';
import type { TrainingCells } from './training-cells.js';

/** Recipes by stage. */
export type Recipes = Readonly<Record<string, TrainingRecipe>>;

/** What is trained, on what, and for how long. */
export interface TrainingPlan {
  readonly description: ModelDescription;
  readonly cells: TrainingCells;
  readonly recipes: Recipes;
  readonly run: ResolvedOptions;
}

/** The model for these options and cells, all but its weights, and which cells are in which cluster. */
export function describeModel(run: ResolvedOptions, preset: Preset, cells: TrainingCells): ModelDescription {
  const { preprocessing } = cells.prepared;
  const genes = preprocessing.geneNames.length;
  const { rows } = cells.prepared.values;
  const size = sizeFor(run.size ?? 'auto', rows);
  const spread = preset.space === 'noised-genes' ? expressionSpread(cells.prepared) : undefined;
  const state = stateSpaceOf(run.preset, preprocessing.kind, genes, run.decoder, size, {
    ...{ spread, labels: labelWidth(cells.labels.space) },
  });
  const clusters = state.kind === 'genes' ? 0 : clustersFor(rows);
  const space = { ...cells.labels.space, clusters };
  return {
    preset: run.preset,
    preprocessing,
    labels: space,
    state,
    denoiser: denoiserOf(run.preset, stateWidth(state, genes), conditionWidth(space)),
    diffusion: preset.diffusion,
    sampling: preset.sampling,
    trainedOn: cells.fingerprint,
  };
}

/** How each stage is optimised, fitted to the number of cells. */
export function recipesOf(file: string, preset: Preset, run: ResolvedOptions, cells: TrainingCells): Recipes {
  const rows = cells.prepared.values.rows;
  const adapted = Object.entries(preset.recipes).map(([stage, recipe]) => [
    stage,
    {
      ...recipe,
      batchSize: batchSizeFor(file, rows, run.batchSize, recipe.batchSize),
      learningRate: run.learningRate ?? recipe.learningRate,
    },
  ]);
  return Object.fromEntries(adapted) as Recipes;
}

/** What the user should know before the first step. */
export function announcements(cells: TrainingCells, run: ResolvedOptions, recipes: Recipes): string[] {
  const { fingerprint, prepared, warnings, labelCandidates } = cells;
  const { geneNames, flavour, kind } = prepared.preprocessing;
  const lines = [
    ...warnings,
    `${fingerprint.cells} cells; ${fingerprint.reason}`,
    ...(cells.heldOut ? [`${cells.heldOut.prepared.values.rows} of them tell when to stop`] : []),
    `${geneNames.length} of ${fingerprint.genes} genes are modelled (${flavour})`,
  ];
  if (run.labelKeys.length === 0 && labelCandidates.length > 0) {
    lines.push(`No labels are learned; --label-key would take ${labelCandidates.slice(0, 3).join(', ')}`);
  }
  if (run.size === 'auto' && sizeFor('auto', prepared.values.rows) === 'large') {
    lines.push('Size large, as there are many cells (--size base is faster)');
  }
  if ((run.device ?? 'auto') === 'auto') lines.push(`${deviceInWords(run.preset)} (--device auto)`);
  if (kind !== 'counts') lines.push('There are no counts: cells will be generated as log-normalised values');
  for (const [stage, { batchSize }] of Object.entries(recipes)) {
    if (batchSize > fingerprint.cells / 2)
      lines.push(`${stage}: ${batchSize} cells a batch, as there are few cells`);
  }
  return lines;
}

/** What 'auto' picks. */
const deviceInWords = (preset: ResolvedOptions['preset']): string =>
  presets[preset].space === 'genes'
    ? 'Training on the CPU; --device webgpu is many times as fast where there is a GPU'
    : 'Training on the CPU';

/** What config.json records of a model and its recipes, for readers and to tell whether a run may go on. */
export interface RunSettings extends Pick<ModelDescription, 'state' | 'denoiser' | 'diffusion' | 'sampling'> {
  /** Versions that write other model files mean other parameters, where sizes and recipes are alike too. */
  readonly modelFormat: number;
  readonly preprocessing: Readonly<Record<string, unknown>>;
  readonly labels: readonly { readonly key: string; readonly names: readonly string[] }[];
  readonly recipes: Recipes;
  readonly clusters: number;
}

export function settingsOf(description: ModelDescription, recipes: Recipes): RunSettings {
  const { preprocessing, labels, state, denoiser, diffusion, sampling } = description;
  const { geneNames, geneIndices: _indices, mean: _mean, std: _std, ...steps } = preprocessing;
  const keys = labels.keys.map(({ key, names }) => ({ key, names }));
  return {
    modelFormat: modelFormatVersion,
    preprocessing: { ...steps, genes: geneNames.length },
    labels: keys,
    clusters: labels.clusters,
    state,
    denoiser,
    diffusion,
    sampling,
    recipes,
  };
}
