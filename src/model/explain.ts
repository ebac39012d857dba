import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { readoutOf } from '../counts/readout.js';
import type { EngineOptions } from '../engine/device.js';
import { FileError, OptionError } from '../errors.js';
import type { Explanation, ObjectiveSection } from '../explain/explanation.js';
import { type GeneSet, parseGeneSets } from '../explain/gene-sets.js';
import { systemFileError } from '../io/file-problem.js';
import type { DeviceChoice } from './choices.js';
import { engineFor } from './device-choice.js';
import { drawExplainedCells } from './drawn-cells.js';
import { carryDenoiser } from './explain-denoiser.js';
import { measureDoses } from './explain-doses.js';
import { compareMarkers } from './explain-markers.js';
import { measureObjective } from './explain-objective.js';
import { describeProgrammes, linearReadoutOf, openDecoder } from './explain-programmes.js';
import { traceCells } from './explain-trace.js';
import {
  type ExplainedCells,
  encodeForDecoder,
  readExplainedCells,
  withNearestClusters,
  withTypesOf,
} from './explained-cells.js';
import { setsOfSymbols } from './gene-symbols.js';
import { type LoadedModel, readModel } from './model-file.js';
import { finishedRun } from './run-folder.js';
import { type WorkProgress, WorkSteps } from './work-steps.js';

export interface ExplainOptions {
  /** Cells to show to the model, such as those it was trained on; without a file generated cells stand in. */
  readonly data?: string;
  /** Cells that the model has not seen, for markers; without a file a quarter of the others is set aside. */
  readonly test?: string;
  /** obs column of cell types; else the model's first label, else the obvious column. */
  readonly labelKey?: string;
  /** var column of `data` with gene symbols to show; else a usual one such as 'gene_symbols', else the names in the index. */
  readonly geneSymbols?: string;
  /** A .gmt file of gene sets to look for in programmes. */
  readonly geneSets?: string;
  /** Another run whose layers are measured alike, such as one of the preset dit. */
  readonly contrast?: string;
  readonly seed?: number;
  readonly device?: DeviceChoice;
  readonly threads?: number;
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: WorkProgress) => void;
  /** Told what is shown to which model, before it is opened. */
  readonly onMessage?: (line: string) => void;
}

/** Cells that stand in where no file is given. */
const STAND_IN_CELLS = 1000;
/** Programmes that are turned. */
const TURNED = 8;
const DOSE_CELLS = 512;

/**
 * Opens a trained run: its gene programmes and who uses them, whether they are those of cell types, the objective in every layer,
 * what turning a programme does, and how single cells came about. What a model does not have is null, and `limits` says why.
 * @throws FileError, DataError, OptionError; the signal's reason when it aborts
 */
export async function explain(run: string, options: ExplainOptions = {}): Promise<Explanation> {
  const { seed = 0 } = options;
  const model = await readModel(finishedRun(run).model);
  if (options.geneSymbols !== undefined && options.data === undefined) {
    throw new OptionError(
      '--gene-symbols',
      'names a column of --data',
      'Give that file too, or leave it out',
    );
  }
  const engine = engineFor(options.device, options.threads);
  const sets = options.geneSets === undefined ? [] : await readGeneSets(options.geneSets);
  const other = options.contrast === undefined ? null : await readModel(finishedRun(options.contrast).model);
  const steps = new WorkSteps(100, options.signal, options.onProgress);
  const cells = await steps.step('reading cells', 5, () => shownCells(model, run, options, seed, engine));
  const { preprocessing, preset, trainedOn } = model.description;
  options.onMessage?.(
    `Model: preset ${preset}, ${preprocessing.geneNames.length} genes, trained on ${trainedOn.file}`,
  );
  options.onMessage?.(
    `${cells.file ?? 'Generated cells'}: ${cells.names.length} cells, types by ${cells.typeKey ?? 'no column'}`,
  );
  const { state, code } = await steps.step('encoding cells', 5, () =>
    encodeForDecoder(model, cells.prepared, engine),
  );
  const codes = withNearestClusters(model, cells.labels, state);
  const readout = linearReadoutOf(model);
  const opened = readout && code ? openDecoder(readout, code, cells.types) : null;
  const programmes =
    opened &&
    (await steps.step('programmes', 10, () =>
      describeProgrammes(
        opened,
        code!,
        cells.geneNames,
        cells.types.names,
        setsOfSymbols(sets, preprocessing.geneNames, cells.geneNames),
      ),
    ));
  const test = opened && (await readTest(model, cells, options, seed));
  const markers =
    opened && (await steps.step('markers', 40, () => compareMarkers(opened, cells, code!, test, seed)));
  const doses = !opened
    ? []
    : await steps.step('turning programmes', 10, () => {
        const some = state.slice(0, DOSE_CELLS * model.description.denoiser.width);
        return measureDoses(model, some, Array.from(opened.live.subarray(0, TURNED)), seed, engine);
      });
  const objective = await steps.step('layers', 10, () => measureObjective(model, state, codes, seed, engine));
  const contrast =
    other && (await steps.step('layers of the contrast', 10, () => contrastOf(other, options, seed, engine)));
  const denoiser = !opened
    ? null
    : await steps.step('the denoiser', 5, () =>
        carryDenoiser(model, cells.geneNames, state, codes, seed, engine),
      );
  const trace = await steps.step('tracing cells', 5, () =>
    traceCells(model, run, opened, cells, state, seed, engine),
  );
  return {
    run,
    preset,
    trainedOn: trainedOn.file,
    cells: {
      file: options.data ?? null,
      test: markers && (options.test ?? null),
      count: cells.names.length,
      typeKey: cells.typeKey,
    },
    genes: cells.geneNames,
    types: cells.types.names,
    seed,
    ...{ programmes, markers, doses, objective, denoiser, trace },
    contrast: contrast && { run: options.contrast!, preset: other.description.preset, objective: contrast },
    limits: limitsOf(model, cells, markers === null, trace === null, options.test),
  };
}

function shownCells(
  model: LoadedModel,
  run: string,
  { data, labelKey, geneSymbols }: ExplainOptions,
  seed: number,
  engine: EngineOptions,
): Promise<ExplainedCells> {
  return data === undefined
    ? drawExplainedCells(
        model,
        run,
        model.description.state.kind === 'genes' ? 32 : STAND_IN_CELLS,
        seed,
        engine,
      )
    : readExplainedCells(data, model, labelKey, geneSymbols, seed);
}

async function readTest(
  model: LoadedModel,
  cells: ExplainedCells,
  { test }: ExplainOptions,
  seed: number,
): Promise<ExplainedCells | null> {
  if (test === undefined || cells.typeKey === null) return null;
  return withTypesOf(
    await readExplainedCells(test, model, cells.typeKey, undefined, seed),
    cells.types.names,
  );
}

/** The other run sees the same file by its own preprocessing. */
async function contrastOf(
  other: LoadedModel,
  options: ExplainOptions,
  seed: number,
  engine: EngineOptions,
): Promise<ObjectiveSection> {
  const cells = await shownCells(other, options.contrast!, options, seed, engine);
  const { state } = await encodeForDecoder(other, cells.prepared, engine);
  return measureObjective(other, state, withNearestClusters(other, cells.labels, state), seed, engine);
}

function limitsOf(
  { description: { state, preset } }: LoadedModel,
  cells: ExplainedCells,
  noMarkers: boolean,
  noTrace: boolean,
  test: string | undefined,
): string[] {
  const limits: string[] = [];
  if (state.kind === 'genes') {
    limits.push(
      `The preset ${preset} works on genes directly: it has no decoder, so there are no gene programmes to read or to turn. Its layers and the paths of its cells can be measured.`,
    );
  } else if (state.autoencoder.decoder.kind === 'mlp') {
    limits.push(
      'The decoder is the black box (--decoder mlp): no layer of it is a code of gene programmes, so there are none to read or to turn.',
    );
  } else if (noMarkers) {
    limits.push(
      'Markers were not compared: fewer than two types have ten cells. Name a column of cell types with --label-key.',
    );
  }
  if (noMarkers && test !== undefined) limits.push(`${test} was not used: it serves to define markers.`);
  if (state.kind !== 'genes' && !readoutOf(state.readout).counts) {
    limits.push(
      'There are no counts here: what turning a programme does, and the denoiser carried to genes, are measured in rates of counts.',
    );
  }
  if (state.kind === 'noised-genes') {
    limits.push(
      `What the denoiser's parts do to genes is not shown for the preset ${preset}: its coordinates are as many as genes, and the decoder would have to be asked about each.`,
    );
  }
  if (noTrace)
    limits.push('When a type was decided is not known, since fewer than two types of cells are known.');
  if (cells.file === null)
    limits.push('No cells were given (--data): generated ones stand in for real ones.');
  return limits;
}

async function readGeneSets(file: string): Promise<GeneSet[]> {
  try {
    return parseGeneSets(await readFile(file, 'utf8'), basename(file));
  } catch (error) {
    if (error instanceof FileError) throw error;
    throw systemFileError(file, error) ?? error;
  }
}
