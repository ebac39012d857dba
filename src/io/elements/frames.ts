import type { Column } from '../anndata.js';
import type { Hdf5Reader } from '../hdf5/reader.js';
import { readStrings } from '../hdf5/strings.js';
import { shortName } from '../short-name.js';
import { categorical, columnAsNames, readColumn, readNames } from './columns.js';
import { encodingOf, remedyForNewer } from './encoding.js';
import { readTableColumn, tableRows } from './tables.js';
import { uniqueNames } from './unique-names.js';
import { readOrLeaveOut } from './unsupported.js';

/** `warn` takes a sentence about something that was mended or left out. */
export type Warn = (sentence: string) => void;

/** A frame of which the names are read when they are asked for. */
export interface StoredFrame {
  readonly rows: number;
  readonly columns: ReadonlyMap<string, Column>;
  /** Made unique; reading them takes a second or two a million. */
  names(): readonly string[];
}

/**
 * obs, var or raw/var, of any version of anndata.
 * @param length the number of rows that the matrix asks for; null where there is no matrix to ask
 * @throws FileError where the frame is missing, damaged, or of another length
 */
export async function readFrame(
  reader: Hdf5Reader,
  path: string,
  length: number | null,
  warn: Warn,
): Promise<StoredFrame> {
  const isTable = reader.kindOf(path) === 'dataset';
  const frame = await (isTable ? readTable(reader, path, warn) : readGroup(reader, path, length, warn));
  if (length !== null && frame.rows !== length) {
    throw reader.fault(path, `has ${frame.rows} rows, but the matrix asks for ${length}`);
  }
  for (const [name, column] of frame.columns) {
    const rows = column.kind === 'categorical' ? column.codes.length : column.values.length;
    if (rows !== frame.rows) {
      throw reader.fault(`${path}/${name}`, `has ${rows} values for ${frame.rows} rows`);
    }
  }
  let known: readonly string[] | null = null;
  return {
    ...frame,
    names() {
      if (known !== null) return known;
      const { names, renamed } = uniqueNames(frame.names());
      if (renamed > 0) {
        warn(
          `${path}: ${renamed} names occurred more than once and were made unique (-1, -2, ...), as scanpy does`,
        );
      }
      known = names;
      return names;
    },
  };
}

async function readGroup(
  reader: Hdf5Reader,
  path: string,
  length: number | null,
  warn: Warn,
): Promise<StoredFrame> {
  const { kind, name, isNewer } = encodingOf(reader, path);
  if (isNewer) throw reader.fault(path, `is ${name}`, remedyForNewer);
  if (kind !== 'dataframe' && kind !== 'mapping')
    throw reader.fault(path, `is ${name} where a data frame belongs`);
  const children = reader.children(path);
  const indexName = findIndex(reader, path);
  const order = columnOrder(reader, path) ?? [...children].filter((child) => child !== '__categories');
  const columns = new Map<string, Column>();
  for (const column of order) {
    if (column === indexName) continue;
    // anndata nests a column whose name has a slash: 'a/b' lies in the group 'a'.
    const child = `${path}/${column}`;
    await readOrLeaveOut(child, warn, async () => {
      if (reader.kindOf(child) === null)
        throw reader.fault(path, `lists the column ${shortName(column)}, which is not there`);
      columns.set(column, await readColumn(reader, child));
    });
  }
  if (indexName !== null) return { columns, ...(await storedNames(reader, `${path}/${indexName}`)) };
  const rows = length ?? [...columns.values()].map((column) => columnAsNames(column).length)[0] ?? 0;
  warn(`${path}: the rows have no names, so they were numbered`);
  return { rows, columns, names: () => Array.from({ length: rows }, (_, i) => String(i)) };
}

/** Names of text are counted first and read when they are asked for, all others are read at once. */
async function storedNames(reader: Hdf5Reader, path: string): Promise<Pick<StoredFrame, 'rows' | 'names'>> {
  if (encodingOf(reader, path).kind === 'string-array') {
    const { shape } = reader.info(path);
    if (shape?.length === 1) return { rows: shape[0]!, names: () => readStrings(reader, path) };
  }
  const names = await readNames(reader, path);
  return { rows: names.length, names: () => names };
}

function findIndex(reader: Hdf5Reader, path: string): string | null {
  const children = reader.children(path);
  const named = reader.stringAttribute(path, '_index');
  return [named, '_index', 'index'].find((name) => name !== undefined && children.has(name)) ?? null;
}

function columnOrder(reader: Hdf5Reader, path: string): string[] | undefined {
  const order = reader.attribute(path, 'column-order');
  if (order === undefined) return undefined;
  return (Array.isArray(order) ? order : [order]).map(String);
}

/** anndata before 0.7: a compound dataset, its first column the names, categories apart in `uns/<column>_categories`. */
async function readTable(reader: Hdf5Reader, path: string, warn: Warn): Promise<StoredFrame> {
  const { type, members } = reader.info(path);
  if (type !== 'compound') throw reader.fault(path, 'is an array where a data frame belongs');
  const [first, ...rest] = members;
  if (!first) throw reader.fault(path, 'is a table without columns');
  const indexMember = members.find((member) => member.name === 'index' || member.name === '_index') ?? first;
  const columns = new Map<string, Column>();
  for (const member of rest.length === 0 ? [] : members) {
    if (member === indexMember) continue;
    await readOrLeaveOut(`${path}/${member.name}`, warn, async () => {
      const column = readTableColumn(reader, path, member);
      columns.set(member.name, await labelled(reader, path, member.name, column));
    });
  }
  const index = columnAsNames(readTableColumn(reader, path, indexMember));
  const names = index.length === tableRows(reader, path) ? index : [];
  return { rows: names.length, columns, names: () => names };
}

async function labelled(reader: Hdf5Reader, path: string, name: string, column: Column): Promise<Column> {
  const categoriesPath = legacyCategoriesPath(name);
  if (column.kind !== 'numeric' || !column.integer || reader.kindOf(categoriesPath) !== 'dataset')
    return column;
  const categories = await readNames(reader, categoriesPath);
  return categorical(reader, `${path}/${name}`, categories, Int32Array.from(column.values), false);
}

/** Where anndata before 0.7 kept the categories of a column. */
export function legacyCategoriesPath(column: string): string {
  return `uns/${column}_categories`;
}
