import { existsSync, rmSync } from 'node:fs';
import { makeFolder } from '../io/make-folder.js';
import type { GenerateSummary } from '../model/generate.js';
import { denoiserCost, readoutCost } from '../model/model-cost.js';
import type { RunConfig } from '../model/run-folder.js';
import { evaluationsPerCell } from '../model/sampling.js';
import type { TrainSummary } from '../model/train.js';
import type {
  ComparisonPlan,
  FinishedTrial,
  ModelCost,
  SplitRecord,
  TrainedStage,
  Trial,
} from './comparison.js';
import type { DataSetFolder, TrialFolder } from './comparison-folder.js';
import { runApart } from './run-apart.js';
import { type TaskProgress, taskProgress } from './trial-task.js';
import { measureGenerated, type Yardstick } from './yardstick.js';

/** The three parts of a trial. */
export type TrialPart = 'train' | 'generate' | 'measure';

export interface TrialHooks {
  readonly signal: AbortSignal | undefined;
  readonly onProgress: (part: TrialPart, progress: TaskProgress) => void;
}

/** A task's summary, with its process's peak of memory. */
interface Done<Summary> {
  readonly summary: Summary;
  readonly memory: number;
}

/**
 * Trains, generates and measures, from where an earlier attempt has stopped.
 * @param yardstick asked for when there are cells to measure
 * @returns null when it was interrupted, what was done being saved
 * @throws CellcrateError where the model cannot be trained or its cells cannot be measured
 */
export async function runTrial(
  trial: Trial,
  { plan, split }: { readonly plan: ComparisonPlan; readonly split: SplitRecord },
  folders: { readonly dataSet: DataSetFolder; readonly trial: TrialFolder },
  yardstick: () => Promise<Yardstick>,
  hooks: TrialHooks,
): Promise<FinishedTrial | null> {
  const folder = folders.trial;
  makeFolder(folder.path);
  const trained = await trainOnce(trial, plan, split, folders, hooks);
  if (trained === null) return null;
  const generated = await generateOnce(trial, plan, split, folder, hooks);
  if (generated === null) return null;
  const config = await folder.run.readConfig();
  const measure = await yardstick();
  const begun = performance.now();
  const figures = await measureGenerated(
    measure,
    folder.generated,
    config.settings.preprocessing.targetSum as number | null,
    {
      ...{ seed: plan.seed, threads: plan.threads, signal: hooks.signal },
      onProgress: (progress) => hooks.onProgress('measure', taskProgress(progress)),
    },
  );
  const measuring = (performance.now() - begun) / 1000;
  const stages = stagesOf(trained.summary);
  const { sampler, steps } = config.settings.sampling;
  return {
    ...trial,
    outcome: 'finished',
    cost: costOf(trained.summary, config),
    stages,
    trainingMemory: trained.memory,
    generation: {
      ...{ cells: generated.summary.cells, sampler, steps },
      ...{ seconds: generated.summary.seconds, memory: generated.memory },
    },
    seconds: stages.reduce((sum, { seconds }) => sum + seconds, generated.summary.seconds + measuring),
    figures,
  };
}

async function trainOnce(
  { model, budget, seed }: Trial,
  { device, threads }: ComparisonPlan,
  { labelKey }: SplitRecord,
  { dataSet, trial: folder }: { readonly dataSet: DataSetFolder; readonly trial: TrialFolder },
  { signal, onProgress }: TrialHooks,
): Promise<Done<TrainSummary> | null> {
  const done = folder.file<Done<TrainSummary>>('training.json');
  if (done.exists) return done.read();
  const { run } = folder;
  // A run without a configuration has not begun; one with a model was cut off before its summary was kept.
  if (!existsSync(run.config) || existsSync(run.model)) rmSync(run.path, { recursive: true, force: true });
  const options = {
    ...{ out: run.path, preset: model, [budget.unit]: budget.amount, seed, threads },
    ...{ device, labelKeys: labelKey === null ? [] : [labelKey] },
    resume: existsSync(run.config),
  };
  const outcome = await runApart({ kind: 'train', file: dataSet.train, options }, signal, (progress) =>
    onProgress('train', progress),
  );
  if (outcome !== null) await done.write(outcome);
  return outcome;
}

async function generateOnce(
  { seed }: Trial,
  { device, threads }: ComparisonPlan,
  { compared }: SplitRecord,
  folder: TrialFolder,
  { signal, onProgress }: TrialHooks,
): Promise<Done<GenerateSummary> | null> {
  const done = folder.file<Done<GenerateSummary>>('generation.json');
  if (done.exists) return done.read();
  const options = {
    ...{ out: folder.generated, n: compared, seed, threads, device, force: true },
  };
  const outcome = await runApart({ kind: 'generate', run: folder.run.path, options }, signal, (progress) =>
    onProgress('generate', progress),
  );
  if (outcome !== null) await done.write(outcome);
  return outcome;
}

function stagesOf({ stages }: TrainSummary): TrainedStage[] {
  // NaN, of a stage without a step, has become null in JSON.
  const orNull = (loss: number | null) => (loss === null || Number.isNaN(loss) ? null : loss);
  return stages.map(({ name, steps, epochs, batchSize, firstLoss, finalLoss, seconds }) => ({
    ...{ name, steps, epochs, batchSize, seconds },
    ...{ firstLoss: orNull(firstLoss), finalLoss: orNull(finalLoss) },
  }));
}

function costOf({ parameters }: TrainSummary, { settings }: RunConfig): ModelCost {
  const { denoiser, state, sampling, labels, diffusion } = settings;
  const ofDenoiser = denoiserCost(denoiser);
  return {
    ...{ parameters, denoiserParameters: ofDenoiser.parameters, evaluation: ofDenoiser.multiplyAdds },
    generatedCell:
      evaluationsPerCell(labels.length > 0, diffusion, sampling) * ofDenoiser.multiplyAdds +
      readoutCost(state),
  };
}
