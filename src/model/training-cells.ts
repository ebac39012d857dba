import { basename } from 'node:path';
import {
  type CellRows,
  chooseRows,
  closeRows,
  MOST_IN_MEMORY,
  readCellRows,
  settleRows,
} from '../counts/cell-rows.js';
import { checkDescription, chooseMatrix, type MatrixChoice } from '../counts/choose-matrix.js';
import { MatrixLook } from '../counts/describe-matrix.js';
import { defaultFlavour, type HvgFlavour } from '../counts/hvg/select-genes.js';
import {
  chosenGenes,
  fitPreprocessing,
  type Scaling,
  type StoredCells,
  withLibrarySizes,
} from '../counts/preprocessing.js';
import { stratifiedSplit } from '../counts/stratified-split.js';
import { DataError } from '../errors.js';
import { fileSha256 } from '../io/file-hash.js';
import { withH5ad } from '../io/h5ad-file.js';
import { labelCandidates } from './label-columns.js';
import { type LabelledCells, readLabels } from './labels.js';

/** What a run remembers of its data, so that another file is not taken for the same. */
export interface DataFingerprint {
  readonly file: string;
  readonly sha256: string;
  readonly cells: number;
  readonly genes: number;
  /** The matrix that was used, and why. */
  readonly matrix: string;
  readonly reason: string;
}

/** Cells cut to the model's genes, with their labels. */
export interface LabelledExpression {
  readonly prepared: StoredCells;
  readonly labels: LabelledCells;
}

/** The cells a model learns from. */
export interface TrainingCells extends LabelledExpression {
  readonly fingerprint: DataFingerprint;
  /** Cells set aside to tell when to stop; the preprocessing has not seen them. Null where none were. */
  readonly heldOut: LabelledExpression | null;
  /** obs columns that could serve as labels. */
  readonly labelCandidates: readonly string[];
  readonly warnings: readonly string[];
  /** Gives back the disk space of the cells. */
  close(): void;
}

export interface TrainingCellsOptions {
  readonly layer: string | undefined;
  readonly labelKeys: readonly string[];
  readonly genes: number;
  readonly flavour: HvgFlavour | undefined;
  readonly scaling: Scaling;
  /** Share of the cells to set aside, in [0, 1), by the first label in proportion. */
  readonly heldOut: number;
  readonly seed: number;
  /** The run folder: cells that do not fit into memory lie beside it. */
  readonly run: string;
  /** Stored values of the matrix above which they do not. */
  readonly mostInMemory?: number | undefined;
}

/**
 * Reads a file's cells and learns the preprocessing from them. Close them when done.
 * @throws FileError, DataError, OptionError: each names what is wrong in the file or in the options
 */
export async function loadTrainingCells(path: string, options: TrainingCellsOptions): Promise<TrainingCells> {
  const { run, mostInMemory = MOST_IN_MEMORY } = options;
  const { matrix, ...loaded } = await withH5ad(path, async (file) => {
    const labels = readLabels(file.obsColumns, options.labelKeys, path);
    const choice = await chooseMatrix(file, options.layer === undefined ? {} : { layer: options.layer });
    const frame = choice.name === 'raw/X' ? file.rawVar! : file.var;
    const candidates = labelCandidates(file.obsColumns);
    const warnings = [...file.warnings];
    const look = new MatrixLook();
    const matrix = await readCellRows(file, choice.name, run, mostInMemory, (block) => look.add(block));
    return { look, labels, choice, matrix, geneNames: frame.index, candidates, warnings };
  });
  const { look, labels, choice, geneNames } = loaded;
  const scratch = new Set([matrix]);
  try {
    checkDescription(look.describe(matrix), choice.name, choice.kind);
    if (matrix.rows < 2) {
      throw new DataError(path, 'a single cell is too few to learn from', 'Give a file with more cells');
    }
    const { learning, aside } = setAside(labels, matrix.rows, options);
    const learned = aside === null ? matrix : chooseRows(matrix, learning);
    const preprocessing = fitPreprocessing(learned, geneNames, {
      genes: options.genes,
      flavour: options.flavour ?? defaultFlavour(choice.kind),
      kind: choice.kind,
      layerName: choice.name,
      scaling: options.scaling,
    });
    const prepare = async (cells: CellRows): Promise<StoredCells> => {
      const values = await settleRows(chosenGenes(preprocessing, cells, geneNames), run);
      scratch.add(values);
      return withLibrarySizes(preprocessing, values);
    };
    const prepared = await prepare(learned);
    const preparedAside = aside && (await prepare(chooseRows(matrix, aside)));
    const isStillRead = [prepared, preparedAside].some((cells) => cells?.values.format === 'derived');
    if (matrix !== prepared.values && !isStillRead) {
      closeRows(matrix);
      scratch.delete(matrix);
    }
    return {
      fingerprint: await fingerprintOf(path, choice, matrix),
      prepared,
      labels: labelsOf(labels, learning),
      heldOut: preparedAside && { prepared: preparedAside, labels: labelsOf(labels, aside!) },
      labelCandidates: loaded.candidates,
      warnings: loaded.warnings,
      close: () => scratch.forEach(closeRows),
    };
  } catch (error) {
    scratch.forEach(closeRows);
    throw error;
  }
}

/** Below this many cells, those set aside would be a handful (docs/decisions.md). */
const FEWEST_TO_SET_ASIDE_FROM = 50;

function setAside(
  { space, codes }: LabelledCells,
  cells: number,
  { heldOut, seed }: TrainingCellsOptions,
): { readonly learning: Int32Array; readonly aside: Int32Array | null } {
  if (heldOut === 0 || cells < FEWEST_TO_SET_ASIDE_FROM) {
    return { learning: Int32Array.from({ length: cells }, (_, cell) => cell), aside: null };
  }
  const keys = space.keys.length;
  const first = keys === 0 ? null : Array.from({ length: cells }, (_, cell) => codes[cell * keys]);
  const byLabel = stratifiedSplit(first, cells, heldOut, seed);
  // Labels of one cell each have none to spare.
  const { train, test } = byLabel.test.length > 0 ? byLabel : stratifiedSplit(null, cells, heldOut, seed);
  return { learning: train, aside: test.length > 0 ? test : null };
}

/** The names and proportions stay those of all cells. */
function labelsOf({ space, codes }: LabelledCells, cells: Int32Array): LabelledCells {
  const keys = space.keys.length;
  const own = new Int32Array(cells.length * keys);
  cells.forEach((cell, i) => {
    own.set(codes.subarray(cell * keys, (cell + 1) * keys), i * keys);
  });
  return { space, codes: own };
}

async function fingerprintOf(
  path: string,
  choice: MatrixChoice,
  shape: { readonly rows: number; readonly cols: number },
): Promise<DataFingerprint> {
  return {
    file: basename(path),
    sha256: await fileSha256(path),
    cells: shape.rows,
    genes: shape.cols,
    matrix: choice.name,
    reason: choice.reason,
  };
}
