import type { SamplerName } from '../diffusion/timesteps.js';
import type { EngineOptions } from '../engine/device.js';
import { OptionError } from '../errors.js';
import type { Programmes } from '../explain/programmes.js';
import type { DenseMatrix } from '../io/anndata.js';
import { refuseToOverwrite } from '../io/overwrite.js';
import { writeH5adInBlocks } from '../io/write.js';
import { type CellReadout, cellReadout } from './cell-readout.js';
import type { DeviceChoice } from './choices.js';
import { type ModelDescription, type ValuesDrawn, valuesDrawn } from './description.js';
import { engineFor } from './device-choice.js';
import { cellFrame, drawBlocks } from './drawn-blocks.js';
import { assignLabels } from './label-requests.js';
import { readModel } from './model-file.js';
import { priorStates } from './prior-states.js';
import { noProgrammes, programmesAtCentres, requestedShift } from './programme-doses.js';
import { requestsByNumber } from './programme-names.js';
import { provenance } from './provenance.js';
import { finishedRun } from './run-folder.js';
import { type SamplingOptions, StateSampler } from './sampling.js';
import { parseShard, shardRange, shardRecord } from './shard.js';

export interface GenerateOptions {
  /** Cells; may be left out where every label has a count. */
  readonly n?: number;
  /** The .h5ad to write. */
  readonly out: string;
  /** `NAME`, `KEY:NAME` or several joined by commas, each with an optional `=COUNT`; none: as often as in training. */
  readonly labels?: readonly string[];
  readonly sampler?: SamplerName;
  /** Noise levels that a cell passes, each a network evaluation; two where guidance holds. */
  readonly steps?: number;
  /** Weight of classifier-free guidance; at 0 cells are drawn without labels and carry none. The model's own by default, 2 for 'crate', 'crate-genes' and 'latent-dit'. Above 1 it holds at the model's last steps alone (`guidedShare`), with the other presets at all steps. */
  readonly guidance?: number;
  /** `PROGRAMME=DOSE`: a gene programme (see `explain`) turned up by DOSE doublings of its top genes, before all genes are brought back to the cell's total; below 0 down. */
  readonly programs?: readonly string[];
  /** A file of names for programmes (a name, a tab and the number a line), by which `programs` may then ask for them. */
  readonly programNames?: string;
  /** Write gene programmes (varm) and each cell's use of them (obsm) too; programmes that are turned are written anyway. */
  readonly withPrograms?: boolean;
  /** Draw latent coordinates from the autoencoder's prior and not by diffusion: a count VAE, as a baseline. There are no labels. */
  readonly fromPrior?: boolean;
  readonly seed?: number;
  /** `K/S`: only the K-th of S parts of these cells, to be joined by `merge` once all are there. */
  readonly shard?: string;
  /** Cells at a time; changes rounding only. */
  readonly batchSize?: number;
  readonly device?: DeviceChoice;
  readonly threads?: number;
  readonly force?: boolean;
  readonly signal?: AbortSignal;
  /** Told after each step of the sampler, and after each batch. */
  readonly onProgress?: (progress: GenerateProgress) => void;
  /** Told which model draws, and how, before the first cell. */
  readonly onMessage?: (line: string) => void;
}

export interface GenerateProgress {
  /** Cells that are complete, of those of the shard. */
  readonly done: number;
  readonly total: number;
  /** Share of the work that is done, 0..1, with the steps taken towards the next cells. */
  readonly fraction: number;
  readonly cellsPerSecond: number;
  readonly etaSeconds: number | null;
}

export interface GenerateSummary {
  readonly file: string;
  readonly cells: number;
  readonly genes: number;
  readonly values: ValuesDrawn;
  readonly seconds: number;
  /** Of cells from the prior: what it weighed in training, where the run folder says so. */
  readonly priorWeight?: number;
}

/** Steps that each sampler takes where none are asked for; the published loops for the published samplers. */
const defaultSteps: Readonly<Record<SamplerName, number>> = { dpmpp: 14, ddim: 100, ddpm: 1000 };

/** Rows of a model with a decoder pass through a few tokens; those of the published models through hundreds. */
const BATCH_LATENT = 1024;
const BATCH_GENES = 32;

/**
 * Draws cells from a trained run and writes them as an .h5ad: X log-normalised, layers['counts'] where the model
 * knows counts, obs with the labels, uns['cellcrate'] with where they came from. The file appears whole or not at all.
 * @param run the run folder
 * @throws FileError, OptionError, OverflowError; the signal's reason when it aborts
 */
export async function generate(run: string, options: GenerateOptions): Promise<GenerateSummary> {
  const begun = performance.now();
  const { out, seed = 0, fromPrior = false, force = false } = options;
  checkNumbers(options);
  refuseToOverwrite(out, force);
  const folder = finishedRun(run);
  const model = await readModel(folder.model);
  const { priorWeight } = (fromPrior && (await folder.optionsIfReadable())) || {};
  const { description } = model;
  const shard = options.shard === undefined ? null : parseShard(options.shard);
  const sampler = options.sampler ?? description.sampling.sampler;
  const sampling: SamplingOptions = {
    sampler,
    steps: options.steps ?? stepsOf(sampler, description),
    guidance: options.guidance ?? description.sampling.guidance,
    ...(description.sampling.guidedShare !== undefined && { guidedShare: description.sampling.guidedShare }),
    seed,
  };
  if (fromPrior) refuseBesidePrior(options);
  const hideLabels = fromPrior || sampling.guidance === 0;
  if (hideLabels) refuseHiddenLabels(options);
  const { cells, codes } = assignLabels(description.labels, options.labels ?? [], options.n, seed);
  if (fromPrior) codes.fill(-1);
  const batchSize = batchSizeOf(description, options);
  const range = shardRange(shard, cells, batchSize);
  const drawn = range.end - range.start;
  const engine = engineFor(options.device, options.threads);
  for (const line of announcements(description, sampling, { fromPrior, priorWeight }, engine))
    options.onMessage?.(line);
  const programs = await programRequests(options);
  const withPrograms = (options.withPrograms ?? false) || programs.length > 0;
  const programmes = withPrograms ? await programmesAtCentres(model, engine) : null;
  const shift = programs.length > 0 ? requestedShift(programmes, programs) : undefined;
  if (withPrograms && programmes === null) throw noProgrammes('--with-programs');
  const states = fromPrior ? priorStates(model, seed) : await StateSampler.create(model, sampling, engine);
  let readout: CellReadout | null = null;
  try {
    readout = await cellReadout(model, run, seed, engine, { shift, hideLabels });
    const usage = programmes && denseMatrix(drawn, programmes.atoms);
    const frame = cellFrame(description.labels, codes, range);
    const annotation = {
      ...(programmes && {
        varm: new Map([['programs', loadingsOf(programmes)]]),
        obsm: new Map([['X_programs', usage!]]),
      }),
      // A name that a cell was not drawn by would mislead.
      obs: hideLabels ? { ...frame, columns: new Map() } : frame,
      var: { index: description.preprocessing.geneNames, columns: new Map() },
      uns: {
        cellcrate: {
          ...(await provenance(
            folder,
            description,
            fromPrior ? { seed } : sampling,
            options.labels ?? [],
            cells,
            !hideLabels,
          )),
          ...(programs.length > 0 && { programs }),
          ...(fromPrior && { from_prior: true }),
          ...(shard && { shard: shardRecord(shard, range, batchSize) }),
        },
      },
    };
    const blocks = drawBlocks(description.labels, states, readout, codes, range, batchSize, options, usage);
    await writeH5adInBlocks(out, annotation, blocks, { force });
  } finally {
    await readout?.close();
    await states.close();
  }
  const seconds = (performance.now() - begun) / 1000;
  const genes = description.preprocessing.geneNames.length;
  const summary = { file: out, cells: drawn, genes, values: valuesDrawn(description), seconds };
  return { ...summary, ...(priorWeight !== undefined && { priorWeight }) };
}

/** Programmes that are turned, by number. */
async function programRequests({ programs = [], programNames }: GenerateOptions): Promise<readonly string[]> {
  if (programNames === undefined) return programs;
  if (programs.length === 0) {
    throw new OptionError('--program-names', 'is given, but no --program', 'Say which programme to turn');
  }
  return requestsByNumber(programs, programNames);
}

/** A model's own number of steps belongs to its own sampler. */
function stepsOf(sampler: SamplerName, { sampling }: ModelDescription): number {
  return sampler === sampling.sampler ? sampling.steps : defaultSteps[sampler];
}

/** What the user may want to know before the first cell. */
function announcements(
  { preset, preprocessing, labels, trainedOn }: ModelDescription,
  { sampler, steps, guidance, seed }: SamplingOptions,
  { fromPrior, priorWeight }: { readonly fromPrior: boolean; readonly priorWeight?: number | undefined },
  { device, threads }: EngineOptions,
): string[] {
  const keys = labels.keys.map(({ key }) => key).join(', ');
  return [
    `Model: preset ${preset}, ${preprocessing.geneNames.length} genes, ${keys === '' ? 'no labels' : `labels ${keys}`}`,
    `Trained on ${trainedOn.cells} cells of ${trainedOn.file}`,
    ...(fromPrior && priorWeight === undefined
      ? ['As a baseline the prior is fair where the model was trained with --prior-weight 1']
      : []),
    `Sampling: ${fromPrior ? 'from the prior' : `${sampler}, ${steps} steps, guidance ${guidance}`}, seed ${seed}, on ${device}, threads ${threads}`,
  ];
}

function batchSizeOf(description: ModelDescription, options: GenerateOptions): number {
  return options.batchSize ?? (description.state.kind === 'genes' ? BATCH_GENES : BATCH_LATENT);
}

/** What steers the denoiser says nothing to the prior. */
function refuseBesidePrior({ labels, sampler, steps, guidance }: GenerateOptions): void {
  const given = Object.entries({
    '--label': labels,
    '--sampler': sampler,
    '--steps': steps,
    '--guidance': guidance,
  });
  const [option] = given.find(([, value]) => value !== undefined) ?? [];
  if (option === undefined) return;
  throw new OptionError(
    option,
    'is for the denoiser, which --from-prior does without',
    'Leave one of them out',
  );
}

/** Cells that are drawn without labels are given none. */
function refuseHiddenLabels({ labels }: GenerateOptions): void {
  if (labels === undefined || labels.length === 0) return;
  throw new OptionError('--label', 'asks for labels that --guidance 0 hides', 'Leave one of them out');
}

function checkNumbers({ n = 1, batchSize = 1, guidance = 1 }: GenerateOptions): void {
  const isCount = (value: number) => Number.isSafeInteger(value) && value >= 1;
  if (!isCount(n)) throw new OptionError('-n', `${n} is not a whole number of 1 or more`, 'Correct it');
  if (!isCount(batchSize)) {
    throw new OptionError('--batch-size', `${batchSize} is not a whole number of 1 or more`, 'Correct it');
  }
  if (!(guidance >= 0 && guidance < Infinity)) {
    throw new OptionError('--guidance', `${guidance} is not a number of 0 or more`, 'Correct it');
  }
}

const denseMatrix = (rows: number, cols: number): DenseMatrix => ({
  ...{ format: 'dense', rows, cols },
  data: new Float32Array(rows * cols),
});

/** Genes x atoms: natural logarithm of the rate that a unit of the code adds. */
const loadingsOf = ({ loadings, genes, atoms }: Programmes): DenseMatrix => ({
  ...{ format: 'dense', rows: genes, cols: atoms },
  data: Float32Array.from(loadings),
});
