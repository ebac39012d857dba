import { setImmediate } from 'node:timers/promises';
import type { Matrix } from '../io/anndata.js';
import type { H5adFile } from '../io/h5ad-file.js';
import type { FileAnnotation } from '../io/read.js';
import { type RowBlock, writeH5adInBlocks } from '../io/write.js';
import { subsetCells, subsetMatrix } from './subset-cells.js';

/** Stored values of all matrices that are read together. */
const VALUES_AT_ONCE = 2 ** 20;
/** Of a file with a matrix by columns, since each reading goes through all of it. */
const VALUES_AT_ONCE_BY_COLUMNS = 2 ** 24;

/** How cells are copied. */
export interface BlockOptions {
  /** Whether a matrix holds values that need float64. */
  readonly isWide: (matrix: string) => boolean;
  /** Stored values. */
  readonly mostInMemory: number;
  readonly signal: AbortSignal | undefined;
  /** Told after each block the share of the file that was gone through. */
  readonly tell: (share: number) => void;
}

/**
 * Writes the given cells of an open file with all that belongs to them, a few at a time.
 * @param annotation of the file
 * @param rows ascending
 * @throws the signal's reason when it aborts
 */
export async function writeCellsInBlocks(
  path: string,
  file: H5adFile,
  annotation: FileAnnotation,
  rows: Int32Array,
  options: BlockOptions,
): Promise<void> {
  const own = subsetCells({ ...annotation, X: null, layers: new Map(), raw: null }, rows);
  const rawVar = file.matrices().some(({ name }) => name === 'raw/X') ? file.rawVar : null;
  await writeH5adInBlocks(
    path,
    { ...annotation, ...{ obs: own.obs, obsm: own.obsm, obsp: own.obsp }, ...(rawVar && { rawVar }) },
    blocksOf(file, rows, options),
    { force: true },
  );
}

async function* blocksOf(
  file: H5adFile,
  rows: Int32Array,
  { isWide, mostInMemory, signal, tell }: BlockOptions,
): AsyncGenerator<RowBlock> {
  const matrices = file.matrices();
  const stored = matrices.reduce((sum, { storedValues }) => sum + storedValues, 0);
  const byColumns = matrices.some(({ storage }) => storage === 'csc');
  const values = Math.min(byColumns ? VALUES_AT_ONCE_BY_COLUMNS : VALUES_AT_ONCE, mostInMemory);
  const total = file.shape.cells;
  const atOnce = Math.max(1, Math.floor((values * total) / Math.max(stored, 1)));
  let next = 0;
  for (let start = 0; start < total && matrices.length > 0; start += atOnce) {
    const end = Math.min(total, start + atOnce);
    const first = next;
    while (next < rows.length && rows[next] < end) next++;
    if (first === next) continue;
    const places = rows.subarray(first, next).map((row) => row - start);
    const parts = new Map<string, Matrix>();
    for (const { name } of matrices) {
      const part = subsetMatrix(await file.readRows(name, start, end), places);
      parts.set(name, isWide(name) ? widened(part) : part);
    }
    yield blockOf(parts);
    tell(end / total);
    // Reading and writing block the thread: an interruption is only heard between blocks.
    await setImmediate();
    signal?.throwIfAborted();
  }
}

const widened = (matrix: Matrix): Matrix => ({ ...matrix, data: Float64Array.from(matrix.data) });

function blockOf(parts: ReadonlyMap<string, Matrix>): RowBlock {
  const raw = parts.get('raw/X');
  const layers = [...parts].filter(([name]) => name.startsWith('layers/'));
  return {
    X: parts.get('X') ?? null,
    layers: new Map(layers.map(([name, matrix]) => [name.slice('layers/'.length), matrix])),
    ...(raw && { raw }),
  };
}
