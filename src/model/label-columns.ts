import { DataError } from '../errors.js';
import type { Column, FrameColumns } from '../io/anndata.js';

/** One value a cell as text, null where it is missing. */
export function columnLabels(column: Column): readonly (string | null)[] {
  switch (column.kind) {
    case 'categorical':
      return Array.from(column.codes, (code) => (code < 0 ? null : column.categories[code]));
    case 'string':
      return column.values;
    case 'numeric':
      return Array.from(column.values, (value) => (Number.isNaN(value) ? null : String(value)));
    case 'boolean':
      return column.values.map((value) => (value === null ? null : String(value)));
  }
}

/** Cells of each label, the most frequent first; missing labels are left out. */
export function countLabels(column: Column): Map<string, number> {
  const counts = new Map<string, number>();
  for (const [value, cells] of countValues(column)) {
    if (isMissing(column, value)) continue;
    counts.set(column.kind === 'categorical' ? column.categories[value as number] : String(value), cells);
  }
  return new Map([...counts].sort((a, b) => b[1] - a[1]));
}

/** Cells without a label. */
export function countMissing(column: Column): number {
  const values = column.kind === 'categorical' ? column.codes : column.values;
  let missing = 0;
  for (const value of values) if (isMissing(column, value)) missing++;
  return missing;
}

type Value = number | string | boolean | null;

/** Cells of each value as it is stored, in order of appearance: millions of texts need not be made for it. */
function countValues(column: Column): Map<Value, number> {
  const values: Iterable<Value> = column.kind === 'categorical' ? column.codes : column.values;
  const counts = new Map<Value, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  return counts;
}

function isMissing({ kind }: Column, value: Value): boolean {
  return kind === 'categorical' ? (value as number) < 0 : value === null || Number.isNaN(value);
}

/** Names that label columns have in public data, the most telling first; compared without case and separators. */
const tellingNames = [
  /^cell(onto(logy)?)?(type|class)s?\d*$/,
  /^cell(ontology)?(type|class)/,
  /(cell(types?|lines?|labels?|names?|states?)|annotations?|labels?)$/,
  /(clusters?|leiden|louvain|zone)/,
];

/** Fewest cells a label has on average in a column that may serve as labels. */
const meanCellsALabel = 3;

/**
 * The obs columns that may serve as labels, the most telling first: categorical or text with at least two values that
 * repeat; whole numbers only under a telling name.
 */
export function labelCandidates(obs: FrameColumns): string[] {
  const candidates = [...obs.columns].filter(([name, column]) => {
    if (column.kind === 'boolean') return false;
    if (column.kind === 'numeric' && !(column.integer && tellingRank(name) < tellingNames.length))
      return false;
    const labels = countLabels(column).size;
    return labels >= 2 && labels * meanCellsALabel <= obs.index.length;
  });
  return candidates.map(([name]) => name).sort((a, b) => tellingRank(a) - tellingRank(b));
}

/** The label column nobody would argue about: the only candidate, or the only one of the most telling kind; else null. */
export function obviousLabelColumn(obs: FrameColumns): string | null {
  const [first, second] = labelCandidates(obs);
  if (first === undefined) return null;
  if (second === undefined) return first;
  return tellingRank(first) < tellingRank(second) ? first : null;
}

/**
 * The values of an obs column (or a var column) as text.
 * @throws DataError where there is none of that name; it says which there are
 */
export function requireLabels(
  frame: FrameColumns,
  key: string,
  file: string,
  of: 'obs' | 'var' = 'obs',
): readonly (string | null)[] {
  const column = frame.columns.get(key);
  if (column) return columnLabels(column);
  const names = [...frame.columns.keys()];
  throw new DataError(
    file,
    `there is no ${of} column '${key}'`,
    names.length === 0 ? `It has no ${of} columns` : `It has ${names.map((name) => `'${name}'`).join(', ')}`,
  );
}

function tellingRank(name: string): number {
  const plain = name.toLowerCase().replace(/[^a-z0-9]/g, '');
  const rank = tellingNames.findIndex((pattern) => pattern.test(plain));
  return rank < 0 ? tellingNames.length : rank;
}
