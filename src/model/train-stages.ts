import type { StoredCells } from '../counts/preprocessing.js';
import { readoutOf } from '../counts/readout.js';
import { autoencoderStage, encodeCells } from './autoencoder-stage.js';
import { type ClusteredCells, clusterCells } from './cell-clusters.js';
import { decoderStage, withDecoder } from './decoder-stage.js';
import { denoiserStage } from './denoiser-stage.js';
import type { TrainedModel } from './model-file.js';
import { presets } from './presets.js';
import { bestWeights } from './stage.js';
import type { StageRunner } from './stage-runner.js';
import { geneRows, type LatentRows, latentRows } from './state-rows.js';
import type { ResolvedOptions } from './train-options.js';
import type { TrainingCells } from './training-cells.js';
import type { Budget } from './training-loop.js';
import type { TrainingPlan } from './training-plan.js';

/** All stages of a plan's model, one after the other. Null when interrupted. */
export const trainStages = (plan: TrainingPlan, runner: StageRunner): Promise<TrainedModel | null> =>
  plan.description.state.kind === 'genes' ? trainGeneModel(plan, runner) : trainLatentModel(plan, runner);

/** One stage: the denoiser on expression itself. */
async function trainGeneModel(
  { description, cells, recipes, run }: TrainingPlan,
  runner: StageRunner,
): Promise<TrainedModel | null> {
  const { prepared, labels, heldOut } = cells;
  const stage = denoiserStage(
    description,
    { state: geneRows(prepared), labels },
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

/** Shares of a budget in minutes by the end of which the first two of three stages are over. */
const SHARE_SPENT = { autoencoder: 0.25, decoder: 0.45 };

/**
 * Three stages: an autoencoder of the counts, its decoder once more by itself, and the denoiser on latent coordinates.
 */
async function trainLatentModel(
  { description, cells, recipes, run }: TrainingPlan,
  runner: StageRunner,
): Promise<TrainedModel | null> {
  const { state } = description;
  if (state.kind !== 'latent') throw new Error('a latent model needs a latent state space');
  const { seed, sparsity } = run;
  const { prepared, heldOut } = cells;
  const { autoencoder: size, readout } = state;
  const others = heldOut?.prepared ?? null;
  const first = autoencoderStage(prepared, others, size, readout, recipes.autoencoder, seed, sparsity);
  const autoencoder = await runner.run(first, budgetOf(run, 0, SHARE_SPENT.autoencoder));
  if (!autoencoder) return null;

  const encode = async (own: StoredCells) => ({
    cells: own,
    posteriors: await encodeCells(own, size, bestWeights(autoencoder), runner.engine),
  });
  const encoded = await encode(prepared);
  const encodedOthers = others && (await encode(others));
  const second = decoderStage(
    encoded,
    encodedOthers,
    size,
    readout,
    autoencoder,
    recipes.decoder,
    seed,
    sparsity,
  );
  const decoder = await runner.run(second, budgetOf(run, runner.seconds, SHARE_SPENT.decoder));
  if (!decoder) return null;

  const withLibrary = readoutOf(readout).counts;
  const rows = latentRows(prepared, encoded.posteriors, withLibrary, seed);
  const { standardisation } = rows;
  const heldOutRows =
    encodedOthers &&
    latentRows(encodedOthers.cells, encodedOthers.posteriors, withLibrary, seed, standardisation);
  const found = conditionsOf(description.labels.clusters, cells, rows, heldOutRows, seed);
  const conditioned = { ...description, labels: found.labels.space };
  const third = denoiserStage(
    conditioned,
    { state: rows, labels: found.labels },
    heldOutRows && {
      state: heldOutRows,
      labels: found.heldOutLabels!,
      cells: heldOutRows.centres.rows,
    },
    recipes.denoiser,
    seed,
    run.rateReduction,
  );
  const denoiser = await runner.run(third, budgetOf(run, runner.seconds, 1));
  return (
    denoiser && {
      description: conditioned,
      parts: new Map([
        ['autoencoder', withDecoder(autoencoder, decoder)],
        ['denoiser', denoiser],
      ]),
      standardisation,
      clusterCentres: found.centres,
    }
  );
}

/** The labels, and beside them the clusters that are found among the latent coordinates. */
function conditionsOf(
  clusters: number,
  { labels, heldOut }: TrainingCells,
  rows: LatentRows,
  heldOutRows: LatentRows | null,
  seed: number,
): ClusteredCells {
  if (clusters === 0) return { labels, heldOutLabels: heldOut?.labels ?? null, centres: null };
  return clusterCells(
    { labels, coordinates: rows.centres },
    heldOut && heldOutRows && { labels: heldOut.labels, coordinates: heldOutRows.centres },
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
