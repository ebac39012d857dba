import { DataError } from '../errors.js';
import type { AnnData, DataFrame, Matrix } from './anndata.js';
import { replaceAtomically } from './atomic.js';
import { writeFrame } from './elements/frame-writer.js';
import { mark, writeMappingGroup } from './elements/mark.js';
import { beginMatrix, type MatrixWriter } from './elements/matrix-writer.js';
import { writeMapping } from './elements/uns-writer.js';
import { type Compression, Hdf5Writer } from './hdf5/writer.js';
import { refuseToOverwrite } from './overwrite.js';

/** What an .h5ad holds beside its matrices; what is not given is written empty. */
export type Annotation = Pick<AnnData, 'obs' | 'var'> &
  Partial<Pick<AnnData, 'obsm' | 'varm' | 'obsp' | 'varp' | 'raw' | 'uns'>> & {
    /** The genes of raw where its matrix comes in blocks. */
    readonly rawVar?: DataFrame;
  };

/** An AnnData of which only the names of cells and genes must be there. */
export type Contents = Annotation & Partial<Pick<AnnData, 'X' | 'layers'>>;

/** The next rows of X, of every layer and of raw. */
export interface RowBlock {
  readonly raw?: Matrix;
  readonly X?: Matrix | null;
  readonly layers?: ReadonlyMap<string, Matrix>;
}

export interface WriteOptions {
  readonly compression?: Compression;
  /** Replace a file that is there. */
  readonly force?: boolean;
}

/**
 * Writes an .h5ad by the current on-disk specification (anndata 0.8 and later read it), atomically. Values keep
 * their type: float32 for nearly everything, counts too, since that is what scanpy and scvi-tools compute with and
 * it holds counts exactly up to 2^24.
 * @throws FileError where the file exists and `force` is not set, or cannot be written
 * @throws DataError where parts disagree in length or a name cannot be written
 */
export function writeH5ad(path: string, contents: Contents, options: WriteOptions = {}): Promise<void> {
  const { X = null, layers = new Map() } = contents;
  const isEmpty = X === null && layers.size === 0;
  return writeH5adInBlocks(path, contents, isEmpty ? [] : [{ X, layers }], options);
}

/**
 * `writeH5ad` for matrices that are larger than memory: they are drawn from `blocks`, a few rows at a time, in the
 * order of obs, every block with the same matrices.
 */
export async function writeH5adInBlocks(
  path: string,
  annotation: Annotation,
  blocks: Iterable<RowBlock> | AsyncIterable<RowBlock>,
  options: WriteOptions = {},
): Promise<void> {
  refuseToOverwrite(path, options.force ?? false);
  await replaceAtomically(path, async (temporary) => {
    const writer = await Hdf5Writer.create(temporary, options.compression ?? 'gzip', path);
    try {
      mark(writer, '/', 'anndata', '0.1.0');
      writeMappingGroup(writer, 'layers');
      await writeMatrices(writer, annotation, blocks);
      await writeAnnotation(writer, annotation);
      await writer.close();
    } finally {
      writer.discard();
    }
  });
}

async function writeMatrices(
  writer: Hdf5Writer,
  annotation: Annotation,
  blocks: Iterable<RowBlock> | AsyncIterable<RowBlock>,
): Promise<void> {
  const [cells, genes] = [annotation.obs.index.length, annotation.var.index.length];
  const open = new Map<string, MatrixWriter>();
  for await (const { X = null, layers, raw } of blocks) {
    const matrices = new Map([...(layers ?? [])].map(([name, matrix]) => [layerPath(name), matrix]));
    if (X !== null) matrices.set('X', X);
    if (raw !== undefined) matrices.set('raw/X', raw);
    for (const [path, matrix] of matrices) {
      checkShape(path, matrix, null, path === 'raw/X' ? (annotation.rawVar?.index.length ?? 0) : genes);
      let target = open.get(path);
      if (target === undefined) {
        if (path === 'raw/X') writeRawGroup(writer);
        target = beginMatrix(writer, path, cells, matrix);
        open.set(path, target);
      }
      await target.append(matrix);
    }
  }
  for (const target of open.values()) target.finish();
}

async function writeAnnotation(writer: Hdf5Writer, annotation: Annotation): Promise<void> {
  const { obs, raw = null } = annotation;
  await writeFrame(writer, 'obs', obs);
  await writeFrame(writer, 'var', annotation.var);
  const [cells, genes] = [obs.index.length, annotation.var.index.length];
  await writeMatrixGroup(writer, 'obsm', annotation.obsm, cells, null);
  await writeMatrixGroup(writer, 'varm', annotation.varm, genes, null);
  await writeMatrixGroup(writer, 'obsp', annotation.obsp, cells, cells);
  await writeMatrixGroup(writer, 'varp', annotation.varp, genes, genes);
  if (raw !== null) {
    checkShape('raw/X', raw.X, cells, raw.var.index.length);
    writeRawGroup(writer);
    await writeMatrix(writer, 'raw/X', raw.X);
  }
  const rawVar = raw?.var ?? annotation.rawVar;
  if (rawVar !== undefined) {
    await writeFrame(writer, 'raw/var', rawVar);
    writeMappingGroup(writer, 'raw/varm');
  }
  await writeMapping(writer, 'uns', annotation.uns ?? {});
}

function writeRawGroup(writer: Hdf5Writer): void {
  writer.group('raw');
  mark(writer, 'raw', 'raw', '0.1.0');
}

async function writeMatrixGroup(
  writer: Hdf5Writer,
  path: string,
  matrices: ReadonlyMap<string, Matrix> = new Map(),
  rows: number,
  cols: number | null,
): Promise<void> {
  writeMappingGroup(writer, path);
  for (const [name, matrix] of matrices) {
    checkShape(`${path}/${name}`, matrix, rows, cols);
    await writeMatrix(writer, `${path}/${name}`, matrix);
  }
}

async function writeMatrix(writer: Hdf5Writer, path: string, matrix: Matrix): Promise<void> {
  const target = beginMatrix(writer, path, matrix.rows, matrix);
  await target.append(matrix);
  target.finish();
}

function layerPath(name: string): string {
  if (!name.includes('/')) return `layers/${name}`;
  throw new DataError(`layer ${name}`, 'has a slash in its name', 'Rename the layer');
}

function checkShape(path: string, matrix: Matrix, rows: number | null, cols: number | null): void {
  if (matrix.rows === (rows ?? matrix.rows) && matrix.cols === (cols ?? matrix.cols)) return;
  const asked = `${rows ?? 'any'} x ${cols ?? 'any'}`;
  throw new DataError(
    path,
    `is ${matrix.rows} x ${matrix.cols}, but obs and var ask for ${asked}`,
    'Correct its shape',
  );
}
