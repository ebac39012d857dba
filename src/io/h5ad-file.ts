import { FileError } from '../errors.js';
import type { DataFrame, DenseMatrix, FrameColumns, Matrix, UnsValue } from './anndata.js';
import { readEmbeddings } from './elements/embeddings.js';
import { legacyCategoriesPath, readFrame, type StoredFrame } from './elements/frames.js';
import { refuseOtherLayouts, unknownElements } from './elements/layout.js';
import { type MatrixInfo, type StoredMatrix, storedMatrix, storedShape } from './elements/matrices.js';
import { readPairs } from './elements/pairs.js';
import { readMapping } from './elements/uns.js';
import { linkLeftOut } from './elements/unsupported.js';
import { isNumberType } from './hdf5/dataset-info.js';
import { Hdf5Reader } from './hdf5/reader.js';

export type { MatrixInfo } from './elements/matrices.js';

/** Names of more cells than these are read only when they are asked for. */
const MOST_NAMES_AT_ONCE = 2 ** 17;

/**
 * An open .h5ad: names, labels and shapes are in memory (names of very many cells once they are asked for), matrices are read when asked, whole or by rows.
 * Close it when done (`withH5ad` does). Every method throws a FileError for what is damaged.
 */
export class H5adFile {
  readonly shape: { readonly cells: number; readonly genes: number };
  /** Columns of obs. */
  readonly obsColumns: FrameColumns;
  readonly var: DataFrame;
  /** The genes of `raw/X`; null where there is no raw. */
  readonly rawVar: DataFrame | null;
  private readonly stored = new Map<string, StoredMatrix>();

  private constructor(
    private readonly reader: Hdf5Reader,
    private readonly frames: {
      readonly obs: StoredFrame;
      readonly var: DataFrame;
      readonly rawVar: DataFrame | null;
    },
    /** What was mended or left out while reading, a sentence each; grows as more is read. */
    readonly warnings: string[],
  ) {
    const { rows, columns } = frames.obs;
    this.obsColumns = { index: { length: rows }, columns };
    this.var = frames.var;
    this.rawVar = frames.rawVar;
    this.shape = { cells: rows, genes: this.var.index.length };
    if (rows <= MOST_NAMES_AT_ONCE) frames.obs.names();
  }

  /** @throws FileError where the file cannot be opened or is no AnnData file */
  static async open(path: string): Promise<H5adFile> {
    const reader = await Hdf5Reader.open(path);
    try {
      refuseOtherLayouts(reader);
      const warnings: string[] = [];
      const warn = (sentence: string) => warnings.push(sentence);
      for (const layer of layersOf(reader)) if (reader.isLink(layer)) warn(linkLeftOut(layer));
      const [first] = mainMatrices(reader);
      const { rows, cols } = first === undefined ? { rows: null, cols: null } : storedShape(reader, first);
      const obs = await readFrame(reader, 'obs', rows, warn);
      const genes = withNames(await readFrame(reader, 'var', cols, warn));
      const rawVarPath = rawPath(reader, 'var');
      const rawVar =
        rawVarPath === null ? null : withNames(await readFrame(reader, rawVarPath, rawGenes(reader), warn));
      return new H5adFile(reader, { obs, var: genes, rawVar }, warnings);
    } catch (error) {
      reader.close();
      throw error;
    }
  }

  /** Annotation of the cells, with their names. */
  get obs(): DataFrame {
    return withNames(this.frames.obs);
  }

  get path(): string {
    return this.reader.path;
  }

  /** The matrices of the file: 'X' first where there is one, then the layers in file order, then 'raw/X'. */
  matrices(): MatrixInfo[] {
    return this.matrixNames().map((name) => this.storedMatrix(name).info);
  }

  /** All of a matrix, CSC as CSR. */
  async readMatrix(name: string): Promise<Matrix> {
    const matrix = this.storedMatrix(name);
    return matrix.readRows(0, matrix.info.rows);
  }

  /** Rows `start` to `end` (exclusive) of a matrix; only they are read from disk. */
  async readRows(name: string, start: number, end: number): Promise<Matrix> {
    const matrix = this.storedMatrix(name);
    if (
      !(
        Number.isInteger(start) &&
        Number.isInteger(end) &&
        start >= 0 &&
        start <= end &&
        end <= matrix.info.rows
      )
    ) {
      throw new RangeError(`rows ${start} to ${end} of ${name}, which has ${matrix.info.rows}`);
    }
    return matrix.readRows(start, end);
  }

  /**
   * Whether `readMatrix` gives float64: some value needs it. Rows that are read by themselves may come as float32 all the same.
   * A pass over the values and their places at most, or two where places repeat.
   */
  async isWide(name: string): Promise<boolean> {
    return this.storedMatrix(name).isWide();
  }

  /** Embeddings of the cells, by name ('X_pca', 'X_umap'). */
  readObsm(): Promise<Map<string, DenseMatrix>> {
    return readEmbeddings(this.reader, 'obsm', this.shape.cells, (sentence) => this.warnings.push(sentence));
  }

  /** Loadings of the genes, by name ('PCs'). */
  readVarm(): Promise<Map<string, DenseMatrix>> {
    return readEmbeddings(this.reader, 'varm', this.shape.genes, (sentence) => this.warnings.push(sentence));
  }

  /** One of either, to be read by rows; null where the file has no dense matrix of numbers of that name with a row for each cell or gene. */
  arrayMatrix(kind: 'obsm' | 'varm', name: string): StoredMatrix | null {
    const path = `${kind}/${name}`;
    if (this.reader.isLink(path) || this.reader.kindOf(path) !== 'dataset') return null;
    const { shape, type } = this.reader.info(path);
    const rows = kind === 'obsm' ? this.shape.cells : this.shape.genes;
    if (shape?.length !== 2 || shape[0] !== rows || !isNumberType(type)) return null;
    return storedMatrix(this.reader, path, path, rows, shape[1]!);
  }

  /** Graphs and distances between cells, by name ('connectivities'): cells x cells. */
  readObsp(): Promise<Map<string, Matrix>> {
    return readPairs(this.reader, 'obsp', this.shape.cells, (sentence) => this.warnings.push(sentence));
  }

  /** The same between genes. */
  readVarp(): Promise<Map<string, Matrix>> {
    return readPairs(this.reader, 'varp', this.shape.genes, (sentence) => this.warnings.push(sentence));
  }

  /** Paths of what the file holds beside all that the methods here read. */
  unknownElements(): string[] {
    return unknownElements(this.reader);
  }

  /** The unstructured annotation, without what old files kept there for obs and var. */
  async readUns(): Promise<{ readonly [key: string]: UnsValue }> {
    if (this.reader.kindOf('uns') !== 'group') return {};
    const columns = [this.obsColumns, this.var, this.rawVar].flatMap((frame) => [
      ...(frame?.columns.keys() ?? []),
    ]);
    const categories = new Set(columns.map(legacyCategoriesPath));
    const warn = (sentence: string) => this.warnings.push(sentence);
    return readMapping(this.reader, 'uns', warn, (name) => categories.has(`uns/${name}`));
  }

  close(): void {
    this.reader.close();
  }

  private matrixNames(): string[] {
    return [
      ...mainMatrices(this.reader),
      ...(rawPath(this.reader, 'X') !== null && this.rawVar ? ['raw/X'] : []),
    ];
  }

  private storedMatrix(name: string): StoredMatrix {
    let matrix = this.stored.get(name);
    if (matrix === undefined) {
      const names = this.matrixNames();
      if (!names.includes(name)) {
        const remedy = names.length > 0 ? `It has ${names.join(', ')}` : 'It has no matrix at all';
        throw new FileError(this.path, `has no matrix ${name}`, remedy);
      }
      const { cells, genes } = this.shape;
      const isRaw = name === 'raw/X';
      const path = (isRaw ? rawPath(this.reader, 'X') : null) ?? name;
      const columns = isRaw ? (this.rawVar?.index.length ?? 0) : genes;
      matrix = storedMatrix(this.reader, path, name, cells, columns);
      this.stored.set(name, matrix);
    }
    return matrix;
  }
}

const withNames = ({ names, columns }: StoredFrame): DataFrame => ({ index: names(), columns });

/** Opens an .h5ad. @throws FileError where it is missing, damaged, cut short or no AnnData file */
export function openH5ad(path: string): Promise<H5adFile> {
  return H5adFile.open(path);
}

/** Opens an .h5ad, hands it to `use` and closes it, whatever happens. */
export async function withH5ad<T>(path: string, use: (file: H5adFile) => T | Promise<T>): Promise<T> {
  const file = await openH5ad(path);
  try {
    return await use(file);
  } finally {
    file.close();
  }
}

/** 'raw/X', or 'raw.X' as anndata before 0.7 named it. */
function rawPath(reader: Hdf5Reader, part: 'X' | 'var'): string | null {
  return [`raw/${part}`, `raw.${part}`].find((path) => reader.kindOf(path) !== null) ?? null;
}

function rawGenes(reader: Hdf5Reader): number | null {
  const path = rawPath(reader, 'X');
  return path === null ? null : storedShape(reader, path).cols;
}

/** X and the layers that are there; a link is none. */
function mainMatrices(reader: Hdf5Reader): string[] {
  const main = reader.kindOf('X') === null ? [] : ['X'];
  return [...main, ...layersOf(reader).filter((layer) => !reader.isLink(layer))];
}

function layersOf(reader: Hdf5Reader): string[] {
  if (reader.kindOf('layers') !== 'group') return [];
  return Array.from(reader.children('layers'), (name) => `layers/${name}`);
}
