import type { Column, DenseMatrix } from '../anndata.js';
import { isNumberType } from '../hdf5/dataset-info.js';
import { readValues } from '../hdf5/numbers.js';
import type { Hdf5Reader } from '../hdf5/reader.js';
import { narrow } from '../narrow.js';
import { encodingOf } from './encoding.js';
import { readFrame, type Warn } from './frames.js';
import { readTableNumbers } from './tables.js';
import { readOrLeaveOut, UnsupportedElement } from './unsupported.js';

/**
 * The arrays of obsm or varm. A data frame of numbers becomes a matrix; what is no dense matrix of numbers, or a link,
 * is left out with a warning.
 * @param rows the number of cells (obsm) or genes (varm)
 */
export async function readEmbeddings(
  reader: Hdf5Reader,
  path: string,
  rows: number,
  warn: Warn,
): Promise<Map<string, DenseMatrix>> {
  const embeddings = new Map<string, DenseMatrix>();
  const kind = reader.kindOf(path);
  if (kind === null) return embeddings;
  if (kind === 'dataset') return readEmbeddingTable(reader, path, rows);
  for (const name of reader.children(path)) {
    const child = `${path}/${name}`;
    await readOrLeaveOut(child, warn, async () => {
      embeddings.set(name, await readEmbedding(reader, child, rows, warn));
    });
  }
  return embeddings;
}

async function readEmbedding(
  reader: Hdf5Reader,
  path: string,
  rows: number,
  warn: Warn,
): Promise<DenseMatrix> {
  const { kind, name } = encodingOf(reader, path);
  if (kind === 'dataframe') {
    const frame = await readFrame(reader, path, rows, warn);
    const matrix = fromColumns(path, rows, [...frame.columns.values()]);
    warn(`${path}: a data frame became a matrix, without the names of its columns`);
    return matrix;
  }
  if (kind !== 'array') throw new UnsupportedElement(path, name);
  const { shape, type, typeName } = reader.info(path);
  if (shape?.length !== 2 || !isNumberType(type)) {
    throw new UnsupportedElement(path, `an array of type ${typeName} and shape ${shape?.join(' x ')}`);
  }
  if (shape[0] !== rows) throw reader.fault(path, `has ${shape[0]} rows where ${rows} belong`);
  return { format: 'dense', rows, cols: shape[1]!, data: await readValues(reader, path) };
}

function fromColumns(path: string, rows: number, columns: readonly Column[]): DenseMatrix {
  const data = new Float64Array(rows * columns.length);
  columns.forEach((column, j) => {
    if (column.kind !== 'numeric')
      throw new UnsupportedElement(path, `a data frame with a column of kind ${column.kind}`);
    for (let i = 0; i < rows; i++) data[i * columns.length + j] = column.values[i]!;
  });
  return { format: 'dense', rows, cols: columns.length, data: narrow(data) };
}

/** anndata before 0.7: one compound dataset, a member an embedding. */
function readEmbeddingTable(reader: Hdf5Reader, path: string, rows: number): Map<string, DenseMatrix> {
  const { shape, members } = reader.info(path);
  if (members.length > 0 && shape?.[0] !== rows)
    throw reader.fault(path, `has ${shape?.[0]} rows where ${rows} belong`);
  return new Map(
    members.map((member) => {
      const data = narrow(readTableNumbers(reader, path, member));
      return [member.name, { format: 'dense', rows, cols: member.length, data }];
    }),
  );
}
