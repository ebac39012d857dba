import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { basename } from 'node:path';
import { checkMatrix, chooseMatrix, type MatrixChoice } from '../counts/choose-matrix.js';
import { defaultFlavour, type HvgFlavour } from '../counts/hvg/select-genes.js';
import {
  applyPreprocessing,
  fitPreprocessing,
  type PreparedCells,
  type Scaling,
} from '../counts/preprocessing.js';
import { DataError } from '../errors.js';
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

/** The cells a model learns from, cut to its genes. */
export interface TrainingCells {
  readonly fingerprint: DataFingerprint;
  readonly prepared: PreparedCells;
  readonly labels: LabelledCells;
  /** obs columns that could serve as labels. */
  readonly labelCandidates: readonly string[];
  readonly warnings: readonly string[];
}

export interface TrainingCellsOptions {
  readonly layer: string | undefined;
  readonly labelKeys: readonly string[];
  readonly genes: number;
  readonly flavour: HvgFlavour | undefined;
  readonly scaling: Scaling;
}

/**
 * Reads a file's cells and learns the preprocessing from them.
 * @throws FileError, DataError, OptionError: each names what is wrong in the file or in the options
 */
export async function loadTrainingCells(path: string, options: TrainingCellsOptions): Promise<TrainingCells> {
  const loaded = await withH5ad(path, (file) => {
    const labels = readLabels(file.obs, options.labelKeys, path);
    const choice = chooseMatrix(file, options.layer === undefined ? {} : { layer: options.layer });
    const matrix = file.readMatrix(choice.name);
    checkMatrix(matrix, choice.name, choice.kind);
    const frame = choice.name === 'raw/X' ? file.rawVar! : file.var;
    const candidates = labelCandidates(file.obs);
    return { labels, choice, matrix, geneNames: frame.index, candidates, warnings: [...file.warnings] };
  });
  const { labels, choice, matrix, geneNames } = loaded;
  if (matrix.rows < 2) {
    throw new DataError(path, 'a single cell is too few to learn from', 'Give a file with more cells');
  }
  const preprocessing = fitPreprocessing(matrix, geneNames, {
    genes: options.genes,
    flavour: options.flavour ?? defaultFlavour(choice.kind),
    kind: choice.kind,
    layerName: choice.name,
    scaling: options.scaling,
  });
  return {
    fingerprint: await fingerprintOf(path, choice, matrix),
    prepared: applyPreprocessing(preprocessing, matrix, geneNames),
    labels,
    labelCandidates: loaded.candidates,
    warnings: loaded.warnings,
  };
}

async function fingerprintOf(
  path: string,
  choice: MatrixChoice,
  shape: { readonly rows: number; readonly cols: number },
): Promise<DataFingerprint> {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(path)) hash.update(chunk as Uint8Array);
  return {
    file: basename(path),
    sha256: hash.digest('hex'),
    cells: shape.rows,
    genes: shape.cols,
    matrix: choice.name,
    reason: choice.reason,
  };
}
