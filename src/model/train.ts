import { existsSync } from 'node:fs';
import { isDeepStrictEqual } from 'node:util';
import type { EngineOptions } from '../engine/device.js';
import { CellcrateError, FileError } from '../errors.js';
import { writeFileAtomic } from '../io/atomic.js';
import { readCheckpoint } from './checkpoint.js';
import type { PresetName } from './description.js';
import { engineFor } from './device-choice.js';
import { denoiserOutputs, onnxFile, readoutOutputs } from './export-onnx.js';
import { loadedModel, type TrainedModel, writeModel } from './model-file.js';
import { presets } from './presets.js';
import { type RunConfig, RunFolder, runConfig } from './run-folder.js';
import { checkSamples, isFar, type SampleCheck } from './sample-check.js';
import { StageRunner } from './stage-runner.js';
import { type ResolvedOptions, refuseOtherOptions, runOptions, type TrainOptions } from './train-options.js';
import { trainStages } from './train-stages.js';
import { type DataFingerprint, loadTrainingCells, type TrainingCells } from './training-cells.js';
import { announcements, describeModel, recipesOf, settingsOf } from './training-plan.js';

export type { TrainOptions, TrainProgress } from './train-options.js';

export interface TrainSummary {
  /** The run folder. */
  readonly run: string;
  readonly preset: PresetName;
  /** In the order in which they ran; losses are means over the first and the last few steps, NaN without any. */
  readonly stages: readonly {
    readonly name: string;
    /** Cells of a step. */
    readonly batchSize: number;
    readonly steps: number;
    /** Passes over the cells, the last one in part. */
    readonly epochs: number;
    readonly firstLoss: number;
    readonly finalLoss: number;
    /** The look at held-out cells that was as good as the best, and when; null without them. */
    readonly heldOut: { readonly loss: number; readonly step: number } | null;
    readonly seconds: number;
  }[];
  /** Cells drawn from the finished model beside those held out; null for models of genes, and where few or none were held out, the look failed, or training was interrupted. */
  readonly check: SampleCheck | null;
  /** Trainable numbers in all stages. */
  readonly parameters: number;
  /** Whether the signal stopped it; the state is saved, and `resume` goes on. */
  readonly interrupted: boolean;
}

/**
 * Trains a model on the cells of an .h5ad and writes a run folder.
 * The same options, seed, threads and machine give the same weights, through `resume` too, as long as the budget is
 * in steps or epochs.
 * @param mostInMemory stored values of the matrix above which the cells lie on the disk; the weights do not depend on it
 * @throws FileError, DataError, OptionError; DivergenceError where the loss is no longer finite or grew far beyond what it was; EngineError
 */
export async function train(
  file: string,
  options: TrainOptions,
  mostInMemory?: number,
): Promise<TrainSummary> {
  const folder = new RunFolder(options.out);
  const release = folder.take();
  try {
    return await trainIn(folder, file, options, mostInMemory);
  } finally {
    release();
  }
}

async function trainIn(
  folder: RunFolder,
  file: string,
  options: TrainOptions,
  mostInMemory: number | undefined,
): Promise<TrainSummary> {
  const earlier = options.resume ? await folder.readConfig() : null;
  if (earlier === null) folder.refuseExisting(options.force ?? false);
  else if (existsSync(folder.model)) {
    throw new FileError(folder.path, 'is trained to its end', 'Generate from it, or train anew with --force');
  } else await refuseOtherOptions(options, earlier.options);
  const run = earlier?.options ?? (await runOptions(options));
  const cells = await loadTrainingCells(file, {
    layer: run.layer,
    labelKeys: run.labelKeys,
    genes: run.genes,
    flavour: run.hvg,
    scaling: run.scaling,
    heldOut: run.heldOut,
    seed: run.seed,
    ...{ run: options.out, mostInMemory },
  });
  try {
    return await trainOn(folder, file, options, { earlier, run, cells });
  } finally {
    cells.close();
  }
}

/** An earlier start of the run, if there was one, what it was asked for, and what it learns from. */
interface Loaded {
  readonly earlier: RunConfig | null;
  readonly run: ResolvedOptions;
  readonly cells: TrainingCells;
}

async function trainOn(
  folder: RunFolder,
  file: string,
  options: TrainOptions,
  { earlier, run, cells }: Loaded,
): Promise<TrainSummary> {
  const preset = presets[run.preset];
  if (earlier) refuseOtherData(file, earlier.data, cells.fingerprint);
  const description = describeModel(run, preset, cells);
  const recipes = recipesOf(file, preset, run, cells);
  const settings = settingsOf(description, recipes);
  if (earlier) refuseOtherSettings(folder, earlier, settings);
  if (options.onMessage) for (const line of announcements(cells, run, recipes)) options.onMessage(line);
  const engine = engineFor(run.device, options.threads ?? run.threads);
  if (earlier === null) {
    const older = folder.create();
    if (older) options.onMessage?.(`The run that was there is kept as ${older} until this one is trained`);
  }
  const toTheEnd = async () => {
    if (earlier === null) await folder.writeConfig(runConfig(run, cells.fingerprint, settings));
    const checkpoint = existsSync(folder.checkpoint)
      ? await readCheckpoint(folder.checkpoint)
      : { finished: [], current: null };
    const runner = new StageRunner(folder, run.seed, engine, options, checkpoint);
    const model = await trainStages({ description, cells, recipes, run }, runner);
    if (model) await finish(folder, model);
    return { runner, model };
  };
  const { runner, model } = await toTheEnd().catch((error) => {
    // Nothing to go on with: what was there comes back.
    if (earlier === null && !existsSync(folder.checkpoint)) folder.withdraw();
    throw error;
  });
  const check = model && (await checked(model, cells, run.seed, engine, options.onMessage));
  return summaryOf(folder, run.preset, runner, check, model === null);
}

/** The run is finished and kept, whatever comes of its cells. */
async function checked(
  model: TrainedModel,
  cells: TrainingCells,
  seed: number,
  engine: EngineOptions,
  onMessage: TrainOptions['onMessage'],
): Promise<SampleCheck | null> {
  try {
    const check = await checkSamples(loadedModel(model), cells, seed, engine);
    if (check && isFar(check)) {
      const figures = `MMD^2 ${check.mmd.toFixed(3)}, training cells ${check.control.toFixed(3)}`;
      onMessage?.(
        `Its cells are far from those set aside (${figures}): train longer, or ask cellcrate evaluate why`,
      );
    }
    return check;
  } catch (error) {
    if (!(error instanceof CellcrateError)) throw error;
    onMessage?.(`Its cells were not compared with those set aside: ${error.message}`);
    return null;
  }
}

function summaryOf(
  folder: RunFolder,
  preset: PresetName,
  runner: StageRunner,
  check: SampleCheck | null,
  interrupted: boolean,
): TrainSummary {
  const stages = runner.records.map((record) => ({
    ...record,
    firstLoss: record.firstLoss ?? Number.NaN,
    finalLoss: record.finalLoss ?? Number.NaN,
  }));
  return { run: folder.path, preset, stages, check, parameters: runner.parameters, interrupted };
}

async function finish(folder: RunFolder, model: TrainedModel): Promise<void> {
  const { description, weights } = loadedModel(model);
  await writeFileAtomic(
    folder.denoiser,
    onnxFile(denoiserOutputs(description.denoiser), weights.get('denoiser')!),
  );
  const { state } = description;
  if (state.kind !== 'genes') {
    const outputs = readoutOutputs(state.autoencoder, state.readout);
    await writeFileAtomic(folder.readout, onnxFile(outputs, weights.get('autoencoder')!));
  }
  // Last, since a folder with a model counts as a finished run.
  await writeModel(folder.model, model);
  folder.removeCheckpoints();
  folder.discardOlder();
}

function refuseOtherData(file: string, before: DataFingerprint, now: DataFingerprint): void {
  if (before.sha256 === now.sha256) return;
  throw new FileError(
    file,
    `is not the file that the run was started with (${before.file}, SHA-256 ${before.sha256.slice(0, 12)})`,
    'Resume with that file, or start a new run',
  );
}

/** Another version may have other sizes and recipes; one run is not made by two. */
function refuseOtherSettings(folder: RunFolder, before: RunConfig, now: unknown): void {
  if (isDeepStrictEqual(before.settings, JSON.parse(JSON.stringify(now)))) return;
  throw new FileError(
    folder.path,
    `was started by cellcrate ${before.cellcrate} with other settings than this version's`,
    'Train anew with --force, or go on with the cellcrate that started it',
  );
}
