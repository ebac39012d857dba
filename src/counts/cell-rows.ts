import { setImmediate } from 'node:timers/promises';
import type { CsrMatrix, Matrix } from '../io/anndata.js';
import { type PackedRows, PackedRowsWriter, readPackedRows } from '../io/packed-rows.js';
import { closeScratch } from '../io/scratch-file.js';
import { stream } from '../random/stream.js';
import { concatRows, selectColumns, selectRows, toCsr } from './csr.js';
import { expm1, librarySizes, log1p, normaliseTotal } from './library-size.js';

/** What becomes of a row by itself, whatever the other rows are. */
export type RowChange =
  | { readonly kind: 'columns'; readonly columns: ArrayLike<number> }
  | { readonly kind: 'total'; readonly target: number }
  | { readonly kind: 'log1p' | 'expm1' };

/** Some rows of others, changed as they are read. */
interface DerivedRows {
  readonly format: 'derived';
  readonly rows: number;
  readonly cols: number;
  readonly of: Exclude<CellRows, CsrMatrix>;
  /** Null for all of them. */
  readonly which: Int32Array | null;
  readonly changes: readonly RowChange[];
}

/** Those of one, then those of the other. */
interface JoinedRows {
  readonly format: 'joined';
  readonly rows: number;
  readonly cols: number;
  readonly first: CellRows;
  readonly second: CellRows;
}

/** Cells x genes, in memory or on the disk: the same values, to the bit. Plain data. */
export type CellRows = CsrMatrix | PackedRows | DerivedRows | JoinedRows;

/** Rows that are worked on together where not all are in memory. */
const BLOCK = 1024;

/** Above so many stored values (134 MB) a file's matrix is kept on the disk. */
export const MOST_IN_MEMORY = 2 ** 24;

/** The given rows in memory, in the given order. */
export function takeRows(cells: CellRows, rows: ArrayLike<number>): CsrMatrix {
  switch (cells.format) {
    case 'csr':
      return selectRows(cells, rows);
    case 'packed':
      return readPackedRows(cells, rows);
    case 'derived': {
      const { of, which, changes } = cells;
      const own = which === null ? rows : Int32Array.from(rows, (row) => which[row]);
      return changes.reduce(changed, takeRows(of, own));
    }
    case 'joined':
      return takeJoined(cells, rows);
  }
}

function takeJoined({ first, second, cols }: JoinedRows, rows: ArrayLike<number>): CsrMatrix {
  const wanted = Array.from(rows);
  const ofFirst = wanted.filter((row) => row < first.rows);
  const ofSecond = wanted.filter((row) => row >= first.rows).map((row) => row - first.rows);
  const taken = concatRows([takeRows(first, ofFirst), takeRows(second, ofSecond)], cols);
  let [nextOfFirst, nextOfSecond] = [0, ofFirst.length];
  return selectRows(
    taken,
    wanted.map((row) => (row < first.rows ? nextOfFirst++ : nextOfSecond++)),
  );
}

/** All rows in memory. */
export const allRows = (cells: CellRows): CsrMatrix =>
  cells.format === 'csr' ? cells : concatRows([...rowBlocks(cells)], cells.cols);

/**
 * `most` rows drawn by the seed, in order; all of them where there are no more.
 * @returns their numbers, and what takes them from matrices of so many rows
 */
export function someRows(
  total: number,
  most: number,
  seed: number,
): { readonly rows: Int32Array; readonly of: (cells: CellRows) => CsrMatrix } {
  const all = Int32Array.from({ length: total }, (_, row) => row);
  if (total <= most) return { rows: all, of: allRows };
  const rows = stream(seed, 'some of all rows').shuffle(all).slice(0, most).sort();
  return { rows, of: (cells) => takeRows(cells, rows) };
}

/** All rows in order, a block at a time; what is in memory is one block. */
export function* rowBlocks(cells: CellRows): Generator<CsrMatrix> {
  if (cells.format === 'csr') {
    yield cells;
    return;
  }
  for (let start = 0; start < cells.rows; start += BLOCK) {
    const count = Math.min(BLOCK, cells.rows - start);
    yield takeRows(
      cells,
      Int32Array.from({ length: count }, (_, i) => start + i),
    );
  }
}

/** One number a row, found block by block: by default the row's sum. */
export function cellTotals(
  cells: CellRows,
  ofBlock: (block: CsrMatrix) => Float64Array = librarySizes,
): Float64Array {
  const totals = new Float64Array(cells.rows);
  let done = 0;
  for (const block of rowBlocks(cells)) {
    totals.set(ofBlock(block), done);
    done += block.rows;
  }
  return totals;
}

/** @param rows row numbers, in the order wanted */
export function chooseRows(cells: CellRows, rows: Int32Array): CellRows {
  if (cells.format === 'csr') return selectRows(cells, rows);
  return { format: 'derived', rows: rows.length, cols: cells.cols, of: cells, which: rows, changes: [] };
}

/** Two matrices of the same columns, one below the other; nothing is copied. */
export function joinRows(first: CellRows, second: CellRows): CellRows {
  return { format: 'joined', rows: first.rows + second.rows, cols: first.cols, first, second };
}

/** What is in memory is changed at once, the rest as it is read. */
export function changeRows(cells: CellRows, changes: readonly RowChange[]): CellRows {
  if (changes.every((change) => isNone(change, cells.cols))) return cells;
  if (cells.format === 'csr') return changes.reduce(changed, cells);
  const cols = changes.reduce(
    (width, change) => (change.kind === 'columns' ? change.columns.length : width),
    cells.cols,
  );
  return { format: 'derived', rows: cells.rows, cols, of: cells, which: null, changes };
}

/** All columns as they stand. */
function isNone(change: RowChange, cols: number): boolean {
  if (change.kind !== 'columns' || change.columns.length !== cols) return false;
  for (let column = 0; column < cols; column++) if (change.columns[column] !== column) return false;
  return true;
}

function changed(rows: CsrMatrix, change: RowChange): CsrMatrix {
  switch (change.kind) {
    case 'columns':
      return selectColumns(rows, change.columns);
    case 'total':
      return normaliseTotal(rows, change.target);
    case 'log1p':
      return log1p(rows);
    case 'expm1':
      return expm1(rows);
  }
}

/** An open file of which rows can be read. */
interface RowSource {
  matrices(): readonly {
    readonly name: string;
    readonly rows: number;
    readonly cols: number;
    readonly storage: 'csr' | 'csc' | 'dense';
    readonly storedValues: number;
  }[];
  readMatrix(name: string): Promise<Matrix>;
  readRows(name: string, start: number, end: number): Promise<Matrix>;
}

/** Values read at once; of a matrix by columns more, since each reading goes through all of it. */
const VALUES_AT_ONCE = { csr: 2 ** 20, dense: 2 ** 20, csc: 2 ** 24 } as const;

/**
 * A matrix of a file: in memory, or unpacked once into a scratch file that `closeRows` gives back.
 * @param owner what it is for: the scratch file lies beside it, and messages name it
 * @param mostInMemory stored values
 * @param look shown all rows, block by block, as they are read
 * @throws FileError where the disk is full or fails; the signal's reason when it aborts
 */
export async function readCellRows(
  source: RowSource,
  name: string,
  owner: string,
  mostInMemory: number,
  look: (block: CsrMatrix) => void,
  signal?: AbortSignal,
): Promise<CellRows> {
  const { rows, cols, storage, storedValues } = source.matrices().find((matrix) => matrix.name === name)!;
  if (storedValues <= mostInMemory) {
    const cells = toCsr(await source.readMatrix(name));
    look(cells);
    return cells;
  }
  const valuesAtOnce = Math.min(VALUES_AT_ONCE[storage], mostInMemory);
  const atOnce = Math.max(1, Math.floor((valuesAtOnce * rows) / storedValues));
  return pack(owner, cols, fileBlocks(source, name, rows, atOnce, look), signal);
}

async function* fileBlocks(
  source: RowSource,
  name: string,
  rows: number,
  atOnce: number,
  look: (block: CsrMatrix) => void,
): AsyncGenerator<CsrMatrix> {
  for (let start = 0; start < rows; start += atOnce) {
    const block = toCsr(await source.readRows(name, start, Math.min(rows, start + atOnce)));
    look(block);
    yield block;
  }
}

/** Rows that are read again and again: what changes them is done once, into a scratch file of their own. */
export async function settleRows(cells: CellRows, owner: string, signal?: AbortSignal): Promise<CellRows> {
  const isChanged = cells.format === 'derived' && cells.changes.length > 0;
  return isChanged ? pack(owner, cells.cols, rowBlocks(cells), signal) : cells;
}

async function pack(
  owner: string,
  cols: number,
  blocks: Iterable<CsrMatrix> | AsyncIterable<CsrMatrix>,
  signal: AbortSignal | undefined,
): Promise<PackedRows> {
  const writer = new PackedRowsWriter(owner, cols);
  try {
    for await (const block of blocks) {
      writer.append(block);
      // Reading and packing block the thread: an interruption is only heard between blocks.
      await setImmediate();
      signal?.throwIfAborted();
    }
    return writer.finish();
  } catch (error) {
    writer.discard();
    throw error;
  }
}

/** Gives back the disk space of rows that were read or settled. */
export function closeRows(cells: CellRows): void {
  if (cells.format === 'packed') closeScratch(cells.file);
}
