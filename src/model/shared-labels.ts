import type { FrameColumns } from '../io/anndata.js';
import { obviousLabelColumn } from './label-columns.js';
import { readLabels } from './labels.js';

/** A file of cells; the name is for messages. */
export interface LabelledFile {
  readonly file: string;
  readonly data: { readonly obs: FrameColumns };
}

/** Labels of the cells of several files, by one list of names. */
export interface SharedLabels {
  readonly key: string;
  /** Those of the first file in its order, then what only others have. */
  readonly names: readonly string[];
  /** Of each file: the position of each cell's label in `names`, -1 without one. */
  readonly codes: readonly Int32Array[];
}

/**
 * Reads one label column of every file.
 * @param asked the column; left out, it is one that is obviously the labels in a file and that all files have
 * @returns null where none was asked for and none is obvious
 * @throws DataError where a file lacks the column, or it holds no labels
 */
export function sharedLabels(files: readonly LabelledFile[], asked: string | undefined): SharedLabels | null {
  const key = asked ?? obviousKey(files);
  if (key === null) return null;
  const read = files.map(({ data, file }) => readLabels(data.obs, [key], file));
  const names = [...new Set(read.flatMap(({ space }) => space.keys[0].names))];
  const codeOf = new Map(names.map((name, code) => [name, code]));
  return {
    ...{ key, names },
    codes: read.map(({ space, codes }) =>
      codes.map((code) => (code < 0 ? -1 : codeOf.get(space.keys[0].names[code])!)),
    ),
  };
}

function obviousKey(files: readonly LabelledFile[]): string | null {
  const keys = files.map(({ data }) => obviousLabelColumn(data.obs));
  return keys.find((key) => key !== null && files.every(({ data }) => data.obs.columns.has(key))) ?? null;
}
