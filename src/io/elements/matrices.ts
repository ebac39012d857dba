import type { DenseMatrix, Matrix } from '../anndata.js';
import { isNumberType } from '../hdf5/dataset-info.js';
import { needsFloat64, readValues } from '../hdf5/numbers.js';
import type { Hdf5Reader } from '../hdf5/reader.js';
import { encodingOf, remedyForNewer } from './encoding.js';
import { indicesRise, readCscRows, readCsrRows, readIndptr } from './sparse-matrices.js';

/** What can be known of a stored matrix without reading it. */
export interface MatrixInfo {
  /** 'X', 'layers/<key>' or 'raw/X'. */
  readonly name: string;
  readonly rows: number;
  readonly cols: number;
  readonly storage: 'csr' | 'csc' | 'dense';
  /** The type on disk, as numpy names it: 'float32', 'int64', 'bool'. */
  readonly dtype: string;
  /** Stored entries of a sparse matrix (explicit zeros among them), rows x cols of a dense one. */
  readonly storedValues: number;
}

/** A matrix of the file, read when asked. */
export interface StoredMatrix {
  readonly info: MatrixInfo;
  /** Rows `start` to `end`, no others: a CSC matrix is scanned for them, the rest is not touched. */
  readRows(start: number, end: number): Promise<Matrix>;
  /** Whether all rows together come as float64, those of a block may come as float32 still. */
  isWide(): Promise<boolean>;
}

const asFloat32 = 'Store it as float32 (in Python: adata.X = adata.X.astype("float32")) and write it again';

/** Entries of a sparse matrix that are put in order together, about. */
const summedTogether = 2 ** 24;

/** Shape of the matrix at `path`; null for a side that only obs or var can tell (legacy sparse groups, vectors). */
export function storedShape(reader: Hdf5Reader, path: string): { rows: number | null; cols: number | null } {
  const { kind, name, isNewer } = encodingOf(reader, path);
  if (isNewer) throw reader.fault(path, `is ${name}`, remedyForNewer);
  if (kind === 'csr' || kind === 'csc') {
    const shape = reader.attribute(path, 'shape') ?? reader.attribute(path, 'h5sparse_shape');
    if (Array.isArray(shape) && shape.length === 2) {
      const [rows, cols] = shape.map(Number);
      if (isCount(rows) && isCount(cols)) return { rows, cols };
      throw reader.fault(path, `claims the shape ${shape.join(' x ')}`);
    }
    const major = Math.max(sparsePart(reader, path, 'indptr') - 1, 0);
    return kind === 'csr' ? { rows: major, cols: null } : { rows: null, cols: major };
  }
  if (kind !== 'array') {
    throw reader.fault(
      path,
      `is ${name}, which is no matrix that can be read`,
      'Store it as a dense or CSR matrix',
    );
  }
  const { shape, type, typeName } = reader.info(path);
  if (!isNumberType(type)) {
    throw reader.fault(path, `holds values of type ${typeName}, which cannot be read`, asFloat32);
  }
  if (shape?.length === 2) return { rows: shape[0]!, cols: shape[1]! };
  // anndata before 0.7 wrote the matrix of a single gene or cell as a vector.
  if (shape?.length === 1) return { rows: null, cols: null };
  throw reader.fault(path, `has ${shape?.length ?? 0} dimensions where a matrix has two`);
}

/**
 * The matrix at `path`, checked against the numbers of cells and genes.
 * @throws FileError where the shapes disagree or a sparse matrix is not sound
 */
export function storedMatrix(
  reader: Hdf5Reader,
  path: string,
  name: string,
  rows: number,
  cols: number,
): StoredMatrix {
  const shape = storedShape(reader, path);
  if ((shape.rows ?? rows) !== rows || (shape.cols ?? cols) !== cols) {
    const stored = `${shape.rows ?? '?'} x ${shape.cols ?? '?'}`;
    throw reader.fault(path, `is ${stored}, but obs and var make it ${rows} x ${cols}`);
  }
  const { kind } = encodingOf(reader, path);
  return kind === 'csr' || kind === 'csc'
    ? sparseMatrix(reader, path, name, kind, rows, cols)
    : denseMatrix(reader, path, name, rows, cols);
}

function sparseMatrix(
  reader: Hdf5Reader,
  path: string,
  name: string,
  storage: 'csr' | 'csc',
  rows: number,
  cols: number,
): StoredMatrix {
  const storedValues = sparsePart(reader, path, 'data');
  if (sparsePart(reader, path, 'indices') !== storedValues) {
    throw reader.fault(path, 'has another number of indices than of values');
  }
  const { typeName: dtype, type } = reader.info(`${path}/data`);
  if (!isNumberType(type))
    throw reader.fault(`${path}/data`, `holds values of type ${dtype}, which cannot be read`, asFloat32);
  let known: Promise<Float64Array> | undefined;
  const indptr = () => {
    known ??= readIndptr(reader, path, storage === 'csr' ? rows : cols, storedValues);
    return known;
  };
  const readRows = async (start: number, end: number) => {
    const read = storage === 'csr' ? readCsrRows : readCscRows;
    return read(reader, path, { indptr: await indptr(), rows, cols, start, end });
  };
  return {
    info: { name, rows, cols, storage, dtype, storedValues },
    readRows,
    async isWide() {
      if (await indicesRise(reader, path, await indptr())) return needsFloat64(reader, `${path}/data`);
      // Entries of one place may be there, and their sum need what none of them does.
      const step = Math.max(1, Math.floor((rows * summedTogether) / Math.max(storedValues, 1)));
      for (let start = 0; start < rows; start += step) {
        const { data } = await readRows(start, Math.min(rows, start + step));
        if (data instanceof Float64Array) return true;
      }
      return false;
    },
  };
}

function denseMatrix(
  reader: Hdf5Reader,
  path: string,
  name: string,
  rows: number,
  cols: number,
): StoredMatrix {
  const { typeName: dtype, shape } = reader.info(path);
  if (shape?.length === 1 && shape[0] !== rows * cols) {
    throw reader.fault(path, `holds ${shape[0]} values where obs and var make ${rows} x ${cols}`);
  }
  const isRow = shape?.length === 1 && rows === 1;
  return {
    info: { name, rows, cols, storage: 'dense', dtype, storedValues: rows * cols },
    async readRows(start, end): Promise<DenseMatrix> {
      const data = isRow
        ? (await readValues(reader, path)).slice(0, (end - start) * cols)
        : await readValues(reader, path, start, end);
      return { format: 'dense', rows: end - start, cols, data };
    },
    isWide: () => needsFloat64(reader, path),
  };
}

function sparsePart(reader: Hdf5Reader, path: string, part: 'data' | 'indices' | 'indptr'): number {
  if (reader.kindOf(`${path}/${part}`) !== 'dataset') throw reader.fault(path, `lacks its ${part}`);
  const { shape } = reader.info(`${path}/${part}`);
  if (shape?.length !== 1) throw reader.fault(`${path}/${part}`, 'is not a list');
  return shape[0]!;
}

function isCount(value: number | undefined): value is number {
  return value !== undefined && Number.isSafeInteger(value) && value >= 0;
}
