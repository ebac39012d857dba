import { readoutOf } from '../counts/readout.js';
import { autoencoderStage, encodeCells } from './autoencoder-stage.js';
import { withCalibratedSpread } from './calibrated-spread.js';
import { type ClusteredCells, clusterCells } from './cell-clusters.js';
import { decoderStage, type EncodedCells, joinEncoded, withDecoder } from './decoder-stage.js';
import { denoiserStage } from './denoiser-stage.js';
import { noisedGenes, posteriorEncoding } from './encoding.js';
import type { TrainedModel } from './model-file.js';
import { presets } from './presets.js';
import { bestWeights, type TrainedWeights } from './stage.js';
import type { StageRunner } from './stage-runner.js';
import { type EncodedRows, encodedRows, geneRows } from './state-rows.js';
import type { ResolvedOptions } from './train-options.js';
import type { LabelledExpression, TrainingCells } from './training-cells.js';
import type { Budget } from './training-loop.js';
import type { TrainingPlan } from './training-plan.js';

/** All stages of a plan's model, one after the other. Null when interrupted. */
export function trainStages(plan: TrainingPlan, runner: StageRunner): Promise<TrainedModel | null> {
  switch (plan.description.state.kind) {
    case 'genes':
      return trainGeneModel(plan, runner);
    case 'latent':
      return trainLatentModel(plan, runner);
    case 'noised-genes':
      return trainNoisedGeneModel(plan, runner);
  }
}

/** One stage: the denoiser on expression itself. */
async function trainGeneModel(
  { description, cells, recipes, run }: TrainingPlan,
  runner: StageRunner,
): Promise<TrainedModel | null> {
  const { prepared, labels, heldOut } = cells;
  const stage = denoiserStage(
    description,
    { state: geneRows(prepared), labels, cells: prepared.values.rows },
    heldOut && {
      state: geneRows(heldOut.prepared),
      labels: heldOut.labels,
      cells: heldOut.prepared.values.rows,
    },
    recipes.denoiser,
    run.seed,
  );
  const denoiser = await runner.run(stage, budgetOf(run, 0, 1));
  return (
    denoiser && {
      description,
      parts: new Map([['denoiser', denoiser]]),
      standardisation: null,
      clusterCentres: null,
    }
  );
}

/** Shares of a budget in minutes by the end of which the stages before the denoiser are over. */
const SHARE_SPENT = { autoencoder: 0.25, decoder: 0.35, decoderOnAll: 0.45 };

/**
 * Four stages: an autoencoder of the counts, its decoder once more by itself, that on the held-out cells too (after which its counts
 * get their spread), and the denoiser on latent coordinates.
 */
async function trainLatentModel(plan: TrainingPlan, runner: StageRunner): Promise<TrainedModel | null> {
  const { description, cells, recipes, run } = plan;
  const { state } = description;
  if (state.kind !== 'latent') throw new Error('a latent model needs a latent state space');
  const { seed, sparsity, priorWeight } = run;
  const { autoencoder: size, readout } = state;
  const first = autoencoderStage(cells, cells.heldOut, size, readout, recipes.autoencoder, seed, {
    sparsity,
    priorWeight,
  });
  const autoencoder = await runner.run(first, budgetOf(run, 0, SHARE_SPENT.autoencoder));
  if (!autoencoder) return null;

  const encode = async ({ prepared, labels }: LabelledExpression): Promise<EncodedCells> => {
    const posteriors = await encodeCells(prepared, size, bestWeights(autoencoder), runner.engine);
    return { prepared, labels, encoding: posteriorEncoding(posteriors, prepared.values.rows) };
  };
  const encoded = await encode(cells);
  const encodedOthers = cells.heldOut && (await encode(cells.heldOut));
  const decodes = (
    part: 'rest' | 'end',
    learned: EncodedCells,
    others: EncodedCells | null,
    earlier: TrainedWeights,
  ) => decoderStage(part, learned, others, size, readout, earlier, recipes.decoder, seed, sparsity);
  const second = decodes('rest', encoded, encodedOthers, autoencoder);
  const share = encodedOthers ? SHARE_SPENT.decoder : SHARE_SPENT.decoderOnAll;
  let decoder = await runner.run(second, budgetOf(run, runner.seconds, share));
  const all = encodedOthers ? joinEncoded(encoded, encodedOthers) : encoded;
  if (decoder && encodedOthers) {
    const third = decodes('end', all, null, decoder);
    decoder = await runner.run(third, budgetOf(run, runner.seconds, SHARE_SPENT.decoderOnAll));
  }
  if (!decoder) return null;
  const whole = withDecoder(autoencoder, decoder);
  const spread = await withCalibratedSpread(whole, all, size, readout, runner.engine, seed);
  return diffuse(plan, runner, encoded, encodedOthers, spread);
}

/** Two stages: a decoder that restores counts from noised genes, and the denoiser on these. */
async function trainNoisedGeneModel(plan: TrainingPlan, runner: StageRunner): Promise<TrainedModel | null> {
  const { description, cells, recipes, run } = plan;
  const { state } = description;
  if (state.kind !== 'noised-genes') throw new Error('a model of noised genes needs such a state space');
  const { autoencoder: size, readout, noise } = state;
  const encode = ({ prepared, labels }: LabelledExpression): EncodedCells => ({
    ...{ prepared, labels, encoding: noisedGenes(prepared, noise) },
  });
  const encoded = encode(cells);
  const others = cells.heldOut && encode(cells.heldOut);
  const first = decoderStage(
    'whole',
    encoded,
    others,
    size,
    readout,
    null,
    recipes.decoder,
    run.seed,
    run.sparsity,
  );
  const decoder = await runner.run(first, budgetOf(run, 0, SHARE_SPENT.autoencoder));
  if (!decoder) return null;
  const spread = await withCalibratedSpread(decoder, encoded, size, readout, runner.engine, run.seed);
  return diffuse(plan, runner, encoded, others, spread);
}

/** The last stage of a model with a decoder: the denoiser on encoded cells. */
async function diffuse(
  { description, cells, recipes, run }: TrainingPlan,
  runner: StageRunner,
  encoded: EncodedCells,
  encodedOthers: EncodedCells | null,
  autoencoder: TrainedWeights,
): Promise<TrainedModel | null> {
  const { state } = description;
  if (state.kind === 'genes') throw new Error('not a model with a decoder');
  const { seed } = run;
  const withLibrary = readoutOf(state.readout).counts;
  const rows = encodedRows(encoded.prepared, encoded.encoding, withLibrary, seed);
  const { standardisation } = rows;
  const heldOutRows =
    encodedOthers &&
    encodedRows(encodedOthers.prepared, encodedOthers.encoding, withLibrary, seed, standardisation);
  const found = conditionsOf(description.labels.clusters, cells, rows, heldOutRows, seed);
  const conditioned = { ...description, labels: found.labels.space };
  const last = denoiserStage(
    conditioned,
    { state: rows, labels: found.labels, cells: rows.cells },
    heldOutRows && {
      state: heldOutRows,
      labels: found.heldOutLabels!,
      cells: heldOutRows.cells,
    },
    recipes.denoiser,
    seed,
    run.rateReduction,
  );
  const denoiser = await runner.run(last, budgetOf(run, runner.seconds, 1));
  return (
    denoiser && {
      description: conditioned,
      parts: new Map([
        ['autoencoder', autoencoder],
        ['denoiser', denoiser],
      ]),
      standardisation,
      clusterCentres: found.centres,
    }
  );
}

/** The labels, and beside them the clusters that are found among the coordinates. */
function conditionsOf(
  clusters: number,
  { labels, heldOut }: TrainingCells,
  rows: EncodedRows,
  heldOutRows: EncodedRows | null,
  seed: number,
): ClusteredCells {
  if (clusters === 0) return { labels, heldOutLabels: heldOut?.labels ?? null, centres: null };
  return clusterCells(
    { labels, rows },
    heldOut && heldOutRows && { labels: heldOut.labels, rows: heldOutRows },
    clusters,
    seed,
  );
}

/** Steps and epochs count for each stage; minutes are shared. */
function budgetOf(run: ResolvedOptions, secondsSpent: number, share: number): Budget {
  if (run.minutes !== undefined) return { kind: 'seconds', seconds: share * run.minutes * 60 - secondsSpent };
  if (run.epochs !== undefined) return { kind: 'epochs', epochs: run.epochs };
  return { kind: 'steps', steps: run.steps ?? presets[run.preset].steps };
}
