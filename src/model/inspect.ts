import { statSync } from 'node:fs';
import {
  chooseMatrix,
  type MatrixChoice,
  type MatrixSource,
  type MatrixSummary,
  UnknownLayerError,
} from '../counts/choose-matrix.js';
import { concatRows, toCsr } from '../counts/csr.js';
import { describeMatrix, type UsableKind } from '../counts/describe-matrix.js';
import { librarySizes, median } from '../counts/library-size.js';
import { DataError } from '../errors.js';
import type { Column, CsrMatrix } from '../io/anndata.js';
import { withH5ad } from '../io/h5ad-file.js';
import { countLabels, countMissing, labelCandidates, obviousLabelColumn } from './label-columns.js';

export interface InspectOptions {
  /** Take this matrix: 'X', 'raw' or a layer's name. */
  readonly layer?: string;
}

/** Median, smallest and largest over the cells looked at. */
export interface Spread {
  readonly median: number;
  readonly min: number;
  readonly max: number;
}

/** The matrix a model would be fitted to. */
export interface ChosenMatrix {
  readonly name: string;
  readonly kind: UsableKind;
  /** What the values are and why this matrix, in a sentence. */
  readonly reason: string;
  /** Sums of the cells' values: counts where the matrix holds counts. */
  readonly librarySize: Spread;
  readonly genesPerCell: Spread;
}

export interface ObsColumn {
  readonly name: string;
  readonly kind: 'categorical' | 'string' | 'integer' | 'float' | 'boolean';
  /** Number of distinct values; null for fractions, which are not counted. */
  readonly distinct: number | null;
  readonly missing: number;
  /** May serve as labels. */
  readonly labelCandidate: boolean;
  /** Values with their cells, the most frequent first; empty unless there are few. */
  readonly top: readonly { readonly label: string; readonly cells: number }[];
}

/** What an .h5ad holds; plain data. */
export interface Inspection {
  readonly file: string;
  readonly bytes: number;
  readonly cells: number;
  readonly genes: number;
  readonly matrices: readonly MatrixSummary[];
  /** null where no matrix can be used; a warning says why. */
  readonly chosen: ChosenMatrix | null;
  readonly obs: readonly ObsColumn[];
  /** The obvious label column, or null. */
  readonly labelKey: string | null;
  readonly warnings: readonly string[];
}

/** Most cells looked at in a matrix, in evenly spaced blocks. */
const mostCells = 4096;
const blockCells = 128;
/** Columns with more distinct values than this are not listed value by value. */
const mostListedValues = 200;
/** Labels with fewer cells than this are pointed out. */
const fewCells = 10;

/**
 * Looks into an .h5ad: at every obs value, and at up to 4,096 cells of each matrix.
 * @throws FileError where it cannot be read; UnknownLayerError where it has no such layer
 */
export function inspect(path: string, options: InspectOptions = {}): Promise<Inspection> {
  return withH5ad(path, async (file) => {
    const { obsColumns: obs } = file;
    const warnings: string[] = [];
    const choice = await choose(file, options, warnings);
    const matrices: MatrixSummary[] = [];
    let chosen: ChosenMatrix | null = null;
    for (const { name, rows, cols } of file.matrices()) {
      const sample = await sampleCells(file, name, rows, cols);
      matrices.push({ name, description: describeMatrix(sample), looked: sample.rows, cells: rows });
      if (choice?.name === name) chosen = withSpreads(choice, sample);
    }
    const candidates = labelCandidates(obs);
    const labelKey = obviousLabelColumn(obs);
    if (labelKey !== null) warnings.push(...rareLabels(labelKey, obs.columns.get(labelKey)!));
    return {
      file: path,
      bytes: statSync(path).size,
      cells: file.shape.cells,
      genes: file.shape.genes,
      matrices,
      chosen,
      obs: [...obs.columns].map(([name, column]) => describeColumn(name, column, candidates.includes(name))),
      labelKey,
      warnings: [...warnings, ...file.warnings],
    };
  });
}

/** The choice training would make, or null and a warning where it would refuse. */
async function choose(
  file: MatrixSource,
  options: InspectOptions,
  warnings: string[],
): Promise<MatrixChoice | null> {
  try {
    return await chooseMatrix(file, options);
  } catch (error) {
    if (!(error instanceof DataError) || error instanceof UnknownLayerError) throw error;
    warnings.push(`${error.problem}. ${error.remedy}`);
    return null;
  }
}

async function sampleCells(file: MatrixSource, name: string, rows: number, cols: number): Promise<CsrMatrix> {
  if (rows <= mostCells) return toCsr(await file.readRows(name, 0, rows));
  const blocks = mostCells / blockCells;
  const parts: CsrMatrix[] = [];
  for (let block = 0; block < blocks; block++) {
    const start = Math.floor((block * (rows - blockCells)) / (blocks - 1));
    parts.push(toCsr(await file.readRows(name, start, start + blockCells)));
  }
  return concatRows(parts, cols);
}

function withSpreads({ name, kind, reason }: MatrixChoice, sample: CsrMatrix): ChosenMatrix {
  const genesPerCell = new Float64Array(sample.rows);
  for (let row = 0; row < sample.rows; row++) {
    for (let k = sample.indptr[row]; k < sample.indptr[row + 1]; k++) {
      if (sample.data[k] !== 0) genesPerCell[row]++;
    }
  }
  return {
    name,
    kind,
    reason,
    librarySize: spread(librarySizes(sample)),
    genesPerCell: spread(genesPerCell),
  };
}

function spread(values: Float64Array): Spread {
  const sorted = values.slice().sort();
  return { median: median(values), min: sorted[0], max: sorted[sorted.length - 1] };
}

function rareLabels(name: string, column: Column): string[] {
  const rare = [...countLabels(column)].filter(([, cells]) => cells < fewCells);
  if (rare.length === 0) return [];
  const list = rare.map(([label, cells]) => `${label} ${cells}`).join(', ');
  return [`labels of ${name} with fewer than ${fewCells} cells, too few to learn from: ${list}`];
}

function describeColumn(name: string, column: Column, labelCandidate: boolean): ObsColumn {
  const kind = column.kind === 'numeric' ? (column.integer ? 'integer' : 'float') : column.kind;
  const counts = kind === 'float' ? new Map<string, number>() : countLabels(column);
  const listed = kind !== 'float' && (labelCandidate || counts.size <= mostListedValues);
  return {
    name,
    kind,
    distinct: kind === 'float' ? null : counts.size,
    missing: countMissing(column),
    labelCandidate,
    top: listed ? [...counts].map(([label, cells]) => ({ label, cells })) : [],
  };
}
