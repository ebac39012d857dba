import { DataError } from '../errors.js';
import type { CsrMatrix, Matrix } from '../io/anndata.js';
import type { CellRows } from './cell-rows.js';
import { concatRows, toCsr } from './csr.js';
import {
  describeMatrix,
  type MatrixDescription,
  type MatrixKind,
  type UsableKind,
} from './describe-matrix.js';

/** `--layer` names a matrix that the file does not have. */
export class UnknownLayerError extends DataError {}

/** The part of an open .h5ad that choosing a matrix needs. */
export interface MatrixSource {
  readonly path: string;
  /** 'X', 'layers/<name>' and 'raw/X', as far as they are there. */
  matrices(): readonly { readonly name: string; readonly rows: number; readonly cols: number }[];
  readRows(name: string, start: number, end: number): Promise<Matrix>;
}

/** A matrix of the file and what a look at its cells found. */
export interface MatrixSummary {
  readonly name: string;
  readonly description: MatrixDescription;
  /** Cells looked at, out of `cells`. */
  readonly looked: number;
  readonly cells: number;
}

export interface MatrixChoice {
  /** 'X', 'layers/<name>' or 'raw/X'. */
  readonly name: string;
  readonly kind: UsableKind;
  /** One sentence: what the values are and why this matrix. */
  readonly reason: string;
}

/** Cells read in each of three places: first, middle and last. */
const BLOCK = 128;

/**
 * Says which matrix a model should be fitted to: counts if there are any (X, a layer named counts or raw_counts, raw,
 * another layer), else log-normalised values (X, raw, a layer), else normalised ones. It looks at up to 384 cells;
 * `checkDescription` judges all of them once they are loaded.
 * @param options.layer takes this matrix instead: 'X', 'raw' or a layer's name
 * @throws UnknownLayerError where there is no such layer; DataError where there are no cells or no usable matrix
 */
export async function chooseMatrix(
  file: MatrixSource,
  options: { layer?: string } = {},
): Promise<MatrixChoice> {
  const summaries: MatrixSummary[] = [];
  for (const { name, rows, cols } of file.matrices()) {
    summaries.push(await summarise(file, name, rows, cols));
  }
  if (summaries.length === 0) {
    throw new DataError(
      file.path,
      'there is no expression matrix: neither X nor a layer nor raw',
      'Write the counts to X or to a layer',
    );
  }
  if (summaries.every((summary) => summary.cells === 0)) {
    throw new DataError(file.path, 'there are no cells in it', 'Give a file with cells');
  }
  const chosen = options.layer === undefined ? best(summaries) : named(file.path, summaries, options.layer);
  const kind = chosen?.description.kind;
  if (chosen === null || !isUsable(kind)) throw refusal(file.path, chosen === null ? summaries : [chosen]);
  const why = options.layer === undefined ? preference(chosen, kind, summaries) : 'it was asked for';
  return {
    name: chosen.name,
    kind,
    reason: `${chosen.name} ${inWords(chosen)}; ${why}.`,
  };
}

/**
 * Looks at every value of a matrix.
 * @returns its description
 * @throws DataError for NaN, infinite or negative values, zeros alone, or values of another kind than `expected`
 */
export function checkMatrix(
  matrix: Matrix | CellRows,
  name: string,
  expected: UsableKind,
): MatrixDescription {
  return checkDescription(describeMatrix(matrix), name, expected);
}

/** The same of a matrix that was described already. */
export function checkDescription(
  description: MatrixDescription,
  name: string,
  expected: UsableKind,
): MatrixDescription {
  if (description.kind !== expected) {
    const summary = { name, description, looked: description.rows, cells: description.rows };
    throw new DataError(
      name,
      `${expectation[expected]} were expected, but it ${inWords(summary)}`,
      'Repair the matrix, or choose another one with --layer',
    );
  }
  return description;
}

/** What the cells looked at hold, as a part of a sentence that follows the matrix's name. */
export function inWords(summary: MatrixSummary): string {
  const { description: found, looked, cells } = summary;
  const zeros = `${Math.round(found.zeroShare * 100)}% zeros`;
  const range = `${round(found.min)} to ${round(found.max)}`;
  const total = found.commonTotal === null ? '' : round(found.commonTotal);
  const words: Record<MatrixKind, string> = {
    counts: `holds counts (whole numbers up to ${round(found.max)}, ${zeros})`,
    lognormalised: total
      ? `holds log-normalised values: ln(1 + x), with x adding up to ${total} in every cell`
      : `looks log-normalised (fractions up to ${round(found.max)}, ${zeros})`,
    normalised: total
      ? `holds normalised values that add up to ${total} in every cell`
      : `looks normalised but not logarithmic (fractions up to ${round(found.max)}, ${zeros})`,
    scaled: `holds negative values (${range}), as after scaling`,
    overlarge: `holds whole numbers up to ${round(found.max)}, too large to be counts`,
    empty: 'holds nothing but zeros',
    broken: `holds ${found.nonFinite} values that are NaN or infinite`,
  };
  const seen = looked < cells ? `, judging by ${looked} of ${cells} cells` : '';
  return words[found.kind] + seen;
}

const expectation: Record<UsableKind, string> = {
  counts: 'counts',
  lognormalised: 'log-normalised values',
  normalised: 'normalised values',
};

function isUsable(kind: MatrixKind | undefined): kind is UsableKind {
  return kind === 'counts' || kind === 'lognormalised' || kind === 'normalised';
}

async function summarise(
  file: MatrixSource,
  name: string,
  rows: number,
  cols: number,
): Promise<MatrixSummary> {
  const middle = Math.floor((rows - BLOCK) / 2);
  const blocks =
    rows <= 3 * BLOCK ? [[0, rows]] : [0, middle, rows - BLOCK].map((start) => [start, start + BLOCK]);
  const parts: CsrMatrix[] = [];
  for (const [start, end] of rows === 0 ? [] : blocks) {
    parts.push(toCsr(await file.readRows(name, start, end)));
  }
  const sample = concatRows(parts, cols);
  return { name, description: describeMatrix(sample), looked: sample.rows, cells: rows };
}

/** The smaller the better: the kind first, then the place. */
function rank(summary: MatrixSummary): number {
  const kinds: readonly MatrixKind[] = ['counts', 'lognormalised', 'normalised'];
  const kind = kinds.indexOf(summary.description.kind);
  return kind < 0 ? Infinity : kind * 4 + place(summary.name);
}

/** A layer of whole numbers without a telling name may be a part of the counts (spliced, say): it comes last. */
function place(name: string): number {
  if (name === 'X') return 0;
  if (/^layers\/(raw_?)?counts$/i.test(name)) return 1;
  return name === 'raw/X' ? 2 : 3;
}

function best(summaries: readonly MatrixSummary[]): MatrixSummary | null {
  const [first] = [...summaries].sort((a, b) => compare(rank(a), rank(b)));
  return rank(first) === Infinity ? null : first;
}

function compare(a: number, b: number): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function named(path: string, summaries: readonly MatrixSummary[], layer: string): MatrixSummary {
  for (const name of [layer, `${layer}/X`, `layers/${layer}`]) {
    const found = summaries.find((summary) => summary.name === name);
    if (found) return found;
  }
  const names = summaries.map((summary) => optionValue(summary.name)).join(', ');
  throw new UnknownLayerError(path, `there is no matrix '${layer}' for --layer`, `It has ${names}`);
}

/** How a matrix is named in `--layer`. */
function optionValue(name: string): string {
  return name === 'raw/X' ? 'raw' : name.replace(/^layers\//, '');
}

function preference(chosen: MatrixSummary, kind: UsableKind, summaries: readonly MatrixSummary[]): string {
  if (summaries.length === 1) return 'there is no other matrix';
  const rivals = summaries.filter((other) => other !== chosen && other.description.kind === kind);
  if (rivals.length > 0) return `it comes before ${rivals.map((other) => other.name).join(', ')}`;
  if (kind === 'counts') return 'no other matrix holds counts';
  return 'no matrix holds counts';
}

function refusal(path: string, summaries: readonly MatrixSummary[]): DataError {
  const found = summaries.map((summary) => `${summary.name} ${inWords(summary)}`).join('; ');
  return new DataError(
    path,
    `no matrix to learn from: ${found}`,
    'Counts or log-normalised values are needed, in X, a layer or raw; name the matrix with --layer',
  );
}

function round(value: number): string {
  if (value >= 1e9) return Number(value.toPrecision(3)).toExponential();
  return Number(value.toPrecision(value >= 1000 ? 6 : 3)).toLocaleString('en-US');
}
