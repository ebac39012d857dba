import type { CategoricalColumn, Column } from '../anndata.js';
import { isIntegral, isNumberType } from '../hdf5/dataset-info.js';
import { readFloat64, readInt32 } from '../hdf5/numbers.js';
import type { Hdf5Reader } from '../hdf5/reader.js';
import { readStrings } from '../hdf5/strings.js';
import { type ElementKind, encodingOf, remedyForNewer } from './encoding.js';
import { UnsupportedElement } from './unsupported.js';

type ColumnReader = (reader: Hdf5Reader, path: string) => Promise<Column>;

const columnReaders: Partial<Record<ElementKind, ColumnReader>> = {
  array: readArrayColumn,
  'string-array': async (reader, path) => ({ kind: 'string', values: readStrings(reader, path) }),
  'nullable-string': readNullableStrings,
  nullable: readNullable,
  categorical: readCategorical,
  'legacy-categorical': readLegacyCategorical,
};

/**
 * A column of obs or var.
 * @throws UnsupportedElement for what is no column of one value a row
 */
export async function readColumn(reader: Hdf5Reader, path: string): Promise<Column> {
  const { kind, name } = encodingOf(reader, path);
  const read = columnReaders[kind];
  if (!read) throw new UnsupportedElement(path, name);
  return read(reader, path);
}

/** Text, or numbers as text, of an element that names things: an index, a list of categories. */
export async function readNames(reader: Hdf5Reader, path: string): Promise<string[]> {
  const { kind, name, isNewer } = encodingOf(reader, path);
  switch (kind) {
    case 'string':
    case 'string-array':
      return readStrings(reader, path);
    case 'scalar':
    case 'array':
      return numbersAsNames(reader, path);
    case 'categorical':
    case 'nullable':
    case 'nullable-string':
      return columnAsNames(await readColumn(reader, path));
    case 'null':
      return [];
    default:
      throw isNewer
        ? reader.fault(path, `is ${name}`, remedyForNewer)
        : reader.fault(path, `holds ${name} where names belong`);
  }
}

export function columnAsNames(column: Column): string[] {
  if (column.kind === 'categorical') {
    return Array.from(column.codes, (code) => column.categories[code] ?? 'nan');
  }
  const values: Iterable<string | number | boolean | null> = column.values;
  return Array.from(values, (value) => (value === null ? 'nan' : valueName(value)));
}

/**
 * Labels from codes and categories, both as found in a file.
 * @throws FileError where a code has no category
 */
export function categorical(
  reader: Hdf5Reader,
  path: string,
  categories: readonly string[],
  codes: Int32Array,
  ordered: boolean,
): CategoricalColumn {
  for (const code of codes) {
    if (code < -1 || code >= categories.length) {
      throw reader.fault(path, `has the code ${code}, but ${categories.length} categories`);
    }
  }
  return { kind: 'categorical', ...withoutRepeats(categories, codes), ordered };
}

/** Categories written twice become one, so that a label names one class. */
function withoutRepeats(categories: readonly string[], codes: Int32Array) {
  const distinct = [...new Set(categories)];
  if (distinct.length === categories.length) return { categories, codes };
  const position = new Map(distinct.map((name, i) => [name, i]));
  const merged = codes.map((code) => (code < 0 ? -1 : position.get(categories[code]!)!));
  return { categories: distinct, codes: merged };
}

async function readArrayColumn(
  reader: Hdf5Reader,
  path: string,
): Promise<Exclude<Column, CategoricalColumn>> {
  const { shape, type, typeName } = reader.info(path);
  if (type === 'string') return { kind: 'string', values: readStrings(reader, path) };
  if (!isNumberType(type)) throw new UnsupportedElement(path, `an array of type ${typeName}`);
  if (shape?.length !== 1) throw new UnsupportedElement(path, `an array of ${shape?.length ?? 0} dimensions`);
  const values = await readFloat64(reader, path);
  if (type === 'bool') return { kind: 'boolean', values: Array.from(values, (value) => value !== 0) };
  return { kind: 'numeric', values, integer: isIntegral(type) };
}

async function readNullable(reader: Hdf5Reader, path: string): Promise<Column> {
  const mask = await readMask(reader, path);
  const column = await readArrayColumn(reader, `${path}/values`);
  if (column.values.length !== mask.length) {
    throw reader.fault(path, 'has a mask of another length than its values');
  }
  if (column.kind === 'boolean') {
    return { kind: 'boolean', values: column.values.map((value, i) => (mask[i] ? null : value)) };
  }
  if (column.kind !== 'numeric') throw new UnsupportedElement(path, `nullable values of kind ${column.kind}`);
  return { ...column, values: column.values.map((value, i) => (mask[i] ? Number.NaN : value)) };
}

async function readNullableStrings(reader: Hdf5Reader, path: string): Promise<Column> {
  const mask = await readMask(reader, path);
  const values = readStrings(reader, `${path}/values`);
  if (values.length !== mask.length) throw reader.fault(path, 'has a mask of another length than its values');
  return { kind: 'string', values: values.map((value, i) => (mask[i] ? null : value)) };
}

async function readMask(reader: Hdf5Reader, path: string): Promise<Float64Array> {
  for (const part of ['values', 'mask']) {
    if (reader.kindOf(`${path}/${part}`) !== 'dataset') throw reader.fault(path, `lacks its ${part}`);
  }
  return readFloat64(reader, `${path}/mask`);
}

async function readCategorical(reader: Hdf5Reader, path: string): Promise<CategoricalColumn> {
  for (const part of ['categories', 'codes']) {
    if (reader.kindOf(`${path}/${part}`) === null) throw reader.fault(path, `lacks its ${part}`);
  }
  const categories = await readNames(reader, `${path}/categories`);
  const ordered = Boolean(reader.attribute(path, 'ordered') ?? false);
  const codes = await readInt32(reader, `${path}/codes`);
  return categorical(reader, path, categories, codes, ordered);
}

/** anndata 0.7: codes at `obs/<name>`, categories at `obs/__categories/<name>`. */
async function readLegacyCategorical(reader: Hdf5Reader, path: string): Promise<CategoricalColumn> {
  const cut = path.lastIndexOf('/');
  const categoriesPath = `${path.slice(0, cut)}/__categories${path.slice(cut)}`;
  if (reader.kindOf(categoriesPath) !== 'dataset') throw reader.fault(path, 'lacks its categories');
  const ordered = Boolean(reader.attribute(categoriesPath, 'ordered') ?? false);
  const categories = await readNames(reader, categoriesPath);
  return categorical(reader, path, categories, await readInt32(reader, path), ordered);
}

async function numbersAsNames(reader: Hdf5Reader, path: string): Promise<string[]> {
  const { type, shape } = reader.info(path);
  if ((shape?.length ?? 0) > 1) throw reader.fault(path, 'has more than one dimension where names belong');
  const name = type === 'bool' ? (value: number) => valueName(value !== 0) : numberName(type);
  return Array.from(await readFloat64(reader, path), name);
}

/** As Python prints it: a whole float keeps its ".0". */
function numberName(type: string): (value: number) => string {
  const float = type.startsWith('float');
  return (value) => (float && Number.isInteger(value) ? `${value}.0` : String(value));
}

function valueName(value: string | number | boolean): string {
  if (typeof value === 'boolean') return value ? 'True' : 'False';
  return String(value);
}
