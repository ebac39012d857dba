import { DataError } from '../../errors.js';
import type { Column, DataFrame } from '../anndata.js';
import type { Hdf5Writer } from '../hdf5/writer.js';
import { mark, writeMappingGroup } from './mark.js';

const indexName = '_index';

/** Writes obs, var or raw/var. @throws DataError for columns of the wrong length or names that cannot be written */
export async function writeFrame(writer: Hdf5Writer, path: string, frame: DataFrame): Promise<void> {
  const rows = frame.index.length;
  if (new Set(frame.index).size !== rows) {
    throw new DataError(
      path,
      'has names that occur more than once',
      'Make them unique, for example by a suffix',
    );
  }
  writer.group(path);
  mark(writer, path, 'dataframe', '0.2.0');
  writer.attribute(path, '_index', indexName);
  writer.attribute(path, 'column-order', [...frame.columns.keys()]);
  writeStringArray(writer, `${path}/${indexName}`, frame.index);
  writeColumnGroups(writer, path, [...frame.columns.keys()]);
  for (const [name, column] of frame.columns) {
    const length = column.kind === 'categorical' ? column.codes.length : column.values.length;
    if (length !== rows) {
      throw new DataError(
        `${path} column ${name}`,
        `has ${length} values for ${rows} rows`,
        'Give one value a row',
      );
    }
    writeColumn(writer, `${path}/${name}`, column);
    await writer.hasRoom();
  }
}

/** A name with slashes lies nested, as anndata writes it: the groups on the way to every such column. */
function writeColumnGroups(writer: Hdf5Writer, path: string, columns: readonly string[]): void {
  const taken = new Set([indexName, ...columns]);
  const groups = new Set<string>();
  for (const name of columns) {
    const parts = name.split('/');
    const above = parts.slice(1).map((_, i) => parts.slice(0, i + 1).join('/'));
    if (name === indexName || above.some((group) => taken.has(group)) || parts.some(isNoName)) {
      throw new DataError(
        `${path} column ${name}`,
        'has a name that an .h5ad cannot hold',
        'Rename the column',
      );
    }
    for (const group of above) groups.add(group);
  }
  for (const group of groups) writeMappingGroup(writer, `${path}/${group}`);
}

const isNoName = (part: string): boolean => part === '' || part === '.';

export function writeStringArray(writer: Hdf5Writer, path: string, values: readonly string[]): void {
  writer.strings(path, values);
  mark(writer, path, 'string-array', '0.2.0');
}

function writeColumn(writer: Hdf5Writer, path: string, column: Column): void {
  if (column.kind === 'categorical') {
    writeCategorical(writer, path, column.categories, column.codes, column.ordered);
  } else if (column.kind === 'string') {
    writeStringColumn(writer, path, column.values);
  } else if (column.kind === 'numeric') {
    if (column.integer) writeIntegers(writer, path, column.values);
    else writeNumbers(writer, path, column.values);
  } else {
    writeBooleans(writer, path, column.values);
  }
}

function writeCategorical(
  writer: Hdf5Writer,
  path: string,
  categories: readonly string[],
  codes: Int32Array,
  ordered: boolean,
): void {
  writer.group(path);
  mark(writer, path, 'categorical', '0.2.0');
  writer.attribute(path, 'ordered', ordered);
  writeStringArray(writer, `${path}/categories`, categories);
  writeNumbers(writer, `${path}/codes`, codes);
}

/** A plain string array has no missing values, so a column that has some becomes categorical, as anndata makes it. */
function writeStringColumn(writer: Hdf5Writer, path: string, values: readonly (string | null)[]): void {
  const present = values.filter((value) => value !== null);
  if (present.length === values.length) {
    writeStringArray(writer, path, present);
    return;
  }
  const categories = [...new Set(present)].sort();
  const position = new Map(categories.map((name, i) => [name, i]));
  const codes = Int32Array.from(values, (value) => (value === null ? -1 : position.get(value)!));
  writeCategorical(writer, path, categories, codes, false);
}

function writeIntegers(writer: Hdf5Writer, path: string, values: Float64Array): void {
  const missing = Array.from(values, Number.isNaN);
  const integers = BigInt64Array.from(values, (value) => BigInt(Number.isNaN(value) ? 0 : Math.trunc(value)));
  writeMasked(writer, path, 'nullable-integer', missing, (valuesPath) =>
    writeNumbers(writer, valuesPath, integers),
  );
}

function writeBooleans(writer: Hdf5Writer, path: string, values: readonly (boolean | null)[]): void {
  const missing = values.map((value) => value === null);
  const known = values.map((value) => value === true);
  writeMasked(writer, path, 'nullable-boolean', missing, (valuesPath) =>
    writeBooleanArray(writer, valuesPath, known),
  );
}

/** A plain array where nothing is missing, else values and the mask of what is missing. */
function writeMasked(
  writer: Hdf5Writer,
  path: string,
  encoding: string,
  missing: readonly boolean[],
  writeValues: (path: string) => void,
): void {
  if (!missing.includes(true)) {
    writeValues(path);
    return;
  }
  writer.group(path);
  mark(writer, path, encoding, '0.1.0');
  writeValues(`${path}/values`);
  writeBooleanArray(writer, `${path}/mask`, missing);
}

function writeBooleanArray(writer: Hdf5Writer, path: string, values: readonly boolean[]): void {
  writer.booleanValues(path, values);
  mark(writer, path, 'array', '0.2.0');
}

function writeNumbers(
  writer: Hdf5Writer,
  path: string,
  values: Float64Array | Int32Array | BigInt64Array,
): void {
  writer.array(path, values, [values.length]);
  mark(writer, path, 'array', '0.2.0');
}
