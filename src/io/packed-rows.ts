import type { CsrMatrix } from './anndata.js';
import {
  appendToScratch,
  closeScratch,
  makeScratchFile,
  readScratch,
  type ScratchFile,
} from './scratch-file.js';

/**
 * A sparse matrix of which the disk holds the entries and memory the place of each row; plain data, so that other threads can read it
 * too. A row is its columns, then its values, as this machine stores numbers; both begin where such numbers may.
 */
export interface PackedRows {
  readonly format: 'packed';
  readonly rows: number;
  readonly cols: number;
  /** rows + 1 offsets of entries, as in a CSR matrix. */
  readonly indptr: Float64Array;
  /** rows + 1 positions in the file. */
  readonly places: Float64Array;
  /** Of each row the narrowest of `valueTypes` that holds its values exactly. */
  readonly types: Uint8Array;
  /** Whether some value needs float64. */
  readonly wide: boolean;
  readonly file: ScratchFile;
}

const valueTypes = [Uint8Array, Uint16Array, Float32Array, Float64Array] as const;
const columnType = (cols: number) => (cols <= 2 ** 16 ? Uint16Array : Uint32Array);

/** Rows begin at multiples of it, where any number may. */
const alignment = 8;
const aligned = (bytes: number, to: number): number => Math.ceil(bytes / to) * to;

/** Bytes that are collected before they are written, and read at once at most (a longer row excepted). */
const bufferBytes = 2 ** 22;

/** Writes a matrix block by block, from its first row to its last. */
export class PackedRowsWriter {
  private readonly file: ScratchFile;
  private readonly places: number[] = [0];
  private readonly indptr: number[] = [0];
  private readonly types: number[] = [];
  private wide = false;
  private buffer = new Uint8Array(bufferBytes);
  private filled = 0;

  /** @param owner what the rows are for: the scratch file lies beside it, and messages name it */
  constructor(
    owner: string,
    private readonly cols: number,
  ) {
    this.file = makeScratchFile(owner);
  }

  /** @throws FileError where the disk is full or fails */
  append(block: CsrMatrix): void {
    this.wide ||= block.data instanceof Float64Array;
    const Columns = columnType(this.cols);
    for (let row = 0; row < block.rows; row++) {
      const from = block.indptr[row]!;
      const to = block.indptr[row + 1]!;
      const type = narrowest(block.data, from, to);
      const Values = valueTypes[type]!;
      const at = aligned((to - from) * Columns.BYTES_PER_ELEMENT, Values.BYTES_PER_ELEMENT);
      const length = aligned(at + (to - from) * Values.BYTES_PER_ELEMENT, alignment);
      if (length > this.buffer.length - this.filled) this.flush(length);
      const { buffer } = this.buffer;
      new Columns(buffer, this.filled, to - from).set(block.indices.subarray(from, to));
      new Values(buffer, this.filled + at, to - from).set(block.data.subarray(from, to));
      this.filled += length;
      this.types.push(type);
      this.places.push(this.places[this.places.length - 1]! + length);
      this.indptr.push(this.indptr[this.indptr.length - 1]! + to - from);
    }
  }

  finish(): PackedRows {
    this.flush(0);
    return {
      ...{ format: 'packed', rows: this.types.length, cols: this.cols, wide: this.wide, file: this.file },
      indptr: Float64Array.from(this.indptr),
      places: Float64Array.from(this.places),
      types: Uint8Array.from(this.types),
    };
  }

  /** Lets go of rows that will not be finished. */
  discard(): void {
    closeScratch(this.file);
  }

  /** Empties the buffer, and makes room for `next` bytes. */
  private flush(next: number): void {
    appendToScratch(this.file, this.buffer.subarray(0, this.filled));
    this.filled = 0;
    if (next > this.buffer.length) this.buffer = new Uint8Array(next);
  }
}

function narrowest(data: ArrayLike<number>, from: number, to: number): number {
  let type = 0;
  for (let k = from; k < to; k++) {
    const value = data[k]!;
    if (value === (value & 0xff)) continue;
    if (value === (value & 0xffff)) type = Math.max(type, 1);
    else if (Math.fround(value) === value || Number.isNaN(value)) type = Math.max(type, 2);
    else return 3;
  }
  return type;
}

/**
 * The given rows, in the given order; neighbours are read together.
 * @param rows row numbers; one may be named more than once
 * @throws FileError where the file is shorter than it was, or the disk fails
 */
export function readPackedRows(packed: PackedRows, rows: ArrayLike<number>): CsrMatrix {
  const { cols, places, types, wide } = packed;
  const Columns = columnType(cols);
  const indptr = new Float64Array(rows.length + 1);
  for (let i = 0; i < rows.length; i++) {
    const row = rows[i]!;
    if (!(row >= 0 && row < packed.rows)) throw new RangeError(`there is no row ${row}, only ${packed.rows}`);
    indptr[i + 1] = indptr[i]! + packed.indptr[row + 1]! - packed.indptr[row]!;
  }
  const indices = new Int32Array(indptr[rows.length]!);
  const data = wide ? new Float64Array(indices.length) : new Float32Array(indices.length);
  for (let i = 0; i < rows.length; ) {
    const start = rows[i]!;
    const end = endOfRun(places, rows, i);
    const bytes = new Uint8Array(places[end]! - places[start]!);
    readScratch(packed.file, bytes, places[start]!);
    for (let row = start; row < end; row++, i++) {
      const Values = valueTypes[types[row]!]!;
      const count = indptr[i + 1]! - indptr[i]!;
      const at = places[row]! - places[start]!;
      const valuesAt = at + aligned(count * Columns.BYTES_PER_ELEMENT, Values.BYTES_PER_ELEMENT);
      indices.set(new Columns(bytes.buffer, at, count), indptr[i]!);
      data.set(new Values(bytes.buffer, valuesAt, count), indptr[i]!);
    }
  }
  return { format: 'csr', rows: rows.length, cols, indptr, indices, data };
}

/** The row after those that follow `rows[first]` in the file as in what was asked for. */
function endOfRun(places: Float64Array, rows: ArrayLike<number>, first: number): number {
  const start = rows[first]!;
  let end = start + 1;
  while (rows[first + end - start] === end && places[end + 1]! - places[start]! <= bufferBytes) end++;
  return end;
}
