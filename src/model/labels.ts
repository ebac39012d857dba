import { DataError, OptionError } from '../errors.js';
import type { CategoricalColumn, FrameColumns } from '../io/anndata.js';
import { requireLabels } from './label-columns.js';

/** An obs column that the model is conditioned on, and the names it knows. */
export interface LabelKey {
  readonly key: string;
  readonly names: readonly string[];
  /** The names are a scale, in their order; left out: they are not. */
  readonly ordered?: true;
}

/** Names (-1: unlabelled) and cluster that occur together on a training cell, one position each, and on how many cells. */
export interface LabelCombination {
  readonly codes: readonly number[];
  readonly cells: number;
}

/** What a cell is conditioned on. Its codes have one position a key and, after them, one for the cluster. */
export interface LabelSpace {
  readonly keys: readonly LabelKey[];
  /**
   * Clusters of the diffused coordinates that the model found by itself. They steer the denoiser as labels do, but are drawn with
   * the labels and never asked for; 0 where there are none.
   */
  readonly clusters: number;
  /** In order of first appearance; a single empty combination where there is nothing to be conditioned on. */
  readonly combinations: readonly LabelCombination[];
}

/** More names than this are a measurement or an identifier, not a label. */
const MOST_NAMES = 1000;

/** Codes of every cell: cells x `codesPerCell`, row-major, -1 where a label is missing. */
export interface LabelledCells {
  readonly space: LabelSpace;
  readonly codes: Int32Array;
}

/** Cells, and others of the same labels after them. */
export function joinLabels(first: LabelledCells, second: LabelledCells): LabelledCells {
  const codes = new Int32Array(first.codes.length + second.codes.length);
  codes.set(first.codes);
  codes.set(second.codes, first.codes.length);
  return { space: first.space, codes };
}

/**
 * Reads the label columns.
 * @throws OptionError where a key is named twice
 * @throws DataError where a column is missing, is numeric without being whole numbers, or labels no cell
 */
export function readLabels(obs: FrameColumns, keys: readonly string[], file: string): LabelledCells {
  const repeated = keys.find((key, k) => keys.indexOf(key) < k);
  if (repeated !== undefined) {
    throw new OptionError('--label-key', `'${repeated}' is given twice`, 'Name each column once');
  }
  const cells = obs.index.length;
  const codes = new Int32Array(cells * keys.length);
  const labelKeys = keys.map((key, k) => {
    const labels = requireLabels(obs, key, file);
    const names = namesOf(obs, key, labels, file);
    const codeOf = new Map(names.map((name, code) => [name, code]));
    for (let cell = 0; cell < cells; cell++) {
      codes[cell * keys.length + k] = codeOf.get(labels[cell] ?? '') ?? -1;
    }
    const column = obs.columns.get(key)!;
    return { key, names, ...(column.kind === 'categorical' && column.ordered && { ordered: true as const }) };
  });
  const combinations = combinationsOf(codes, cells, keys.length);
  return { space: { keys: labelKeys, clusters: 0, combinations }, codes };
}

/**
 * The same labels with a cluster beside them.
 * @param known the space of the training cells, for others; left out, the combinations are those of these cells
 */
export function withClusters(
  { space, codes }: LabelledCells,
  clusterCodes: Int32Array,
  clusters: number,
  known?: LabelSpace,
): LabelledCells {
  const keys = space.keys.length;
  const joined = new Int32Array(clusterCodes.length * (keys + 1));
  clusterCodes.forEach((cluster, cell) => {
    joined.set(codes.subarray(cell * keys, (cell + 1) * keys), cell * (keys + 1));
    joined[cell * (keys + 1) + keys] = cluster;
  });
  const ownSpace = () => ({
    ...{ ...space, clusters, combinations: combinationsOf(joined, clusterCodes.length, keys + 1) },
  });
  return { space: known ?? ownSpace(), codes: joined };
}

/** Names in the order of a categorical's categories, else sorted; only those that some cell has. */
function namesOf(
  obs: FrameColumns,
  key: string,
  labels: readonly (string | null)[],
  file: string,
): readonly string[] {
  const column = obs.columns.get(key)!;
  const present = new Set(labels.filter((label) => label !== null && label !== ''));
  if (present.size === 0) {
    throw new DataError(file, `the obs column '${key}' labels no cell`, 'Choose another --label-key');
  }
  if (
    column.kind === 'numeric' &&
    !column.integer &&
    column.values.some((v) => !Number.isNaN(v) && v % 1 !== 0)
  ) {
    throw new DataError(
      file,
      `the obs column '${key}' holds measurements (${present.size} different numbers), not labels`,
      'Choose a categorical column, or bin this one',
    );
  }
  if (present.size > MOST_NAMES) {
    throw new DataError(
      file,
      `the obs column '${key}' has ${present.size} different values, more than ${MOST_NAMES}`,
      'Choose a column that labels groups of cells',
    );
  }
  if (column.kind === 'categorical') return column.categories.filter((name) => present.has(name));
  const byNumber = column.kind === 'numeric';
  return [...present].map(String).sort((a, b) => (byNumber ? Number(a) - Number(b) : compare(a, b)));
}

function combinationsOf(codes: Int32Array, cells: number, width: number): LabelCombination[] {
  const counted = new Map<string, { codes: number[]; cells: number }>();
  for (let cell = 0; cell < cells; cell++) {
    const own = Array.from(codes.subarray(cell * width, (cell + 1) * width));
    const name = own.join(',');
    const known = counted.get(name);
    if (known) known.cells++;
    else counted.set(name, { codes: own, cells: 1 });
  }
  return [...counted.values()];
}

/** Positions in a cell's codes. */
export function codesPerCell({ keys, clusters }: Pick<LabelSpace, 'keys' | 'clusters'>): number {
  return keys.length + (clusters > 0 ? 1 : 0);
}

/** Codes of the given cells, row by row. */
export function codesOf(codes: Int32Array, rows: ArrayLike<number>, each: number): Int32Array {
  const own = new Int32Array(rows.length * each);
  for (let i = 0; i < rows.length; i++)
    own.set(codes.subarray(rows[i] * each, (rows[i] + 1) * each), i * each);
  return own;
}

/** Width of the one-hot rows that condition the denoiser. */
export function conditionWidth({ keys, clusters }: Pick<LabelSpace, 'keys' | 'clusters'>): number {
  return keys.reduce((sum, { names }) => sum + names.length, clusters);
}

/** Which parts of a cell's codes the denoiser is not told. */
export interface Hidden {
  readonly labels: boolean;
  readonly cluster: boolean;
}

export const nothingHidden: Hidden = { labels: false, cluster: false };

/** Writes the codes of one cell one-hot, key beside key and the cluster last, at `row` of `out`; -1 stays zero. */
export function oneHot(
  space: LabelSpace,
  codes: ArrayLike<number>,
  hidden: Hidden,
  out: Float32Array,
  row: number,
): void {
  let start = row * conditionWidth(space);
  space.keys.forEach(({ names }, k) => {
    if (codes[k] >= 0 && !hidden.labels) out[start + codes[k]] = 1;
    start += names.length;
  });
  const cluster = space.clusters > 0 ? codes[space.keys.length] : -1;
  if (cluster >= 0 && !hidden.cluster) out[start + cluster] = 1;
}

/** The labels of generated cells as obs columns. */
export function labelColumns(
  space: LabelSpace,
  codes: Int32Array,
  cells: number,
): Map<string, CategoricalColumn> {
  const width = codesPerCell(space);
  return new Map(
    space.keys.map(({ key, names, ordered = false }, k) => [
      key,
      {
        kind: 'categorical',
        categories: names,
        codes: Int32Array.from({ length: cells }, (_, cell) => codes[cell * width + k]),
        ordered,
      },
    ]),
  );
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
