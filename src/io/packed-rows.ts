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
 * too. A row is a byte that tells how its values are stored, its columns, then its values, all little-endian.
 */
export interface PackedRows {
  readonly format: 'packed';
  readonly rows: number;
  readonly cols: number;
  /** rows + 1 positions in the file. */
  readonly places: Float64Array;
  /** Whether some value needs float64. */
  readonly wide: boolean;
  readonly file: ScratchFile;
}

/** The narrowest of these that holds a row's values exactly; its position is the row's first byte. */
const valueTypes = ['uint8', 'uint16', 'float32', 'float64'] as const;
const valueBytes = [1, 2, 4, 8] as const;
const columnBytes = (cols: number): 2 | 4 => (cols <= 2 ** 16 ? 2 : 4);

/** Bytes that are collected before they are written, and read at once at most (a longer row excepted). */
const bufferBytes = 2 ** 22;

/** Writes a matrix block by block, from its first row to its last. */
export class PackedRowsWriter {
  private readonly file: ScratchFile;
  private readonly places: number[] = [0];
  private wide = false;
  private buffer = Buffer.allocUnsafe(bufferBytes);
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
    const each = columnBytes(this.cols);
    for (let row = 0; row < block.rows; row++) {
      const from = block.indptr[row]!;
      const to = block.indptr[row + 1]!;
      const type = from === to ? 0 : narrowest(block.data, from, to);
      const length = from === to ? 0 : 1 + (to - from) * (each + valueBytes[type]!);
      if (length > this.buffer.length - this.filled) this.flush(length);
      if (length > 0) this.put(block, from, to, type, each);
      this.places.push(this.places[this.places.length - 1]! + length);
    }
  }

  finish(): PackedRows {
    this.flush(0);
    const places = Float64Array.from(this.places);
    return {
      format: 'packed',
      rows: places.length - 1,
      cols: this.cols,
      places,
      wide: this.wide,
      file: this.file,
    };
  }

  /** Lets go of rows that will not be finished. */
  discard(): void {
    closeScratch(this.file);
  }

  private put({ indices, data }: CsrMatrix, from: number, to: number, type: number, each: 2 | 4): void {
    const { buffer } = this;
    let at = this.filled;
    buffer[at++] = type;
    for (let k = from; k < to; k++, at += each) {
      const column = indices[k]!;
      buffer[at] = column;
      buffer[at + 1] = column >>> 8;
      if (each === 4) buffer.writeUInt16LE(column >>> 16, at + 2);
    }
    if (type === 0) for (let k = from; k < to; k++) buffer[at++] = data[k]!;
    else for (let k = from; k < to; k++) at = writeValue(buffer, at, type, data[k]!);
    this.filled = at;
  }

  /** Empties the buffer, and makes room for `next` bytes. */
  private flush(next: number): void {
    appendToScratch(this.file, this.buffer.subarray(0, this.filled));
    this.filled = 0;
    if (next > this.buffer.length) this.buffer = Buffer.allocUnsafe(next);
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

function writeValue(buffer: Buffer, at: number, type: number, value: number): number {
  switch (valueTypes[type]) {
    case 'uint16':
      return buffer.writeUInt16LE(value, at);
    case 'float32':
      return buffer.writeFloatLE(value, at);
    default:
      return buffer.writeDoubleLE(value, at);
  }
}

/**
 * The given rows, in the given order; neighbours are read together.
 * @param rows row numbers; one may be named more than once
 * @throws FileError where the file is shorter than it was, or the disk fails
 */
export function readPackedRows(packed: PackedRows, rows: ArrayLike<number>): CsrMatrix {
  const { cols, places, wide } = packed;
  const types = new Uint8Array(rows.length);
  const runs = runsOf(packed, rows);
  const each = columnBytes(cols);
  // Types stand in the file, so every run is read before the number of entries is known.
  const parts = runs.map(({ first, start, end }) => {
    const bytes = Buffer.allocUnsafe(places[end]! - places[start]!);
    readScratch(packed.file, bytes, places[start]!);
    return { first, start, end, bytes };
  });
  const indptr = new Float64Array(rows.length + 1);
  for (const { first, start, end, bytes } of parts) {
    for (let row = start; row < end; row++) {
      const length = places[row + 1]! - places[row]!;
      const type = length === 0 ? 0 : bytes[places[row]! - places[start]!]!;
      const i = first + row - start;
      types[i] = type;
      indptr[i + 1] = length === 0 ? 0 : (length - 1) / (each + valueBytes[type]!);
    }
  }
  for (let i = 0; i < rows.length; i++) indptr[i + 1]! += indptr[i]!;
  const stored = indptr[rows.length]!;
  const indices = new Int32Array(stored);
  const data = wide ? new Float64Array(stored) : new Float32Array(stored);
  for (const { first, start, end, bytes } of parts) {
    for (let row = start; row < end; row++) {
      const i = first + row - start;
      const at = places[row]! - places[start]! + 1;
      decodeRow(bytes, at, types[i]!, each, indices, data, indptr[i]!, indptr[i + 1]!);
    }
  }
  return { format: 'csr', rows: rows.length, cols, indptr, indices, data };
}

interface Run {
  /** Position of its first row among the rows asked for. */
  readonly first: number;
  readonly start: number;
  readonly end: number;
}

/** Rows that follow each other, in the file as in what was asked for. */
function runsOf({ rows: all, places }: PackedRows, rows: ArrayLike<number>): Run[] {
  const runs: Run[] = [];
  for (let i = 0; i < rows.length; ) {
    const start = rows[i]!;
    if (!(start >= 0 && start < all)) throw new RangeError(`there is no row ${start}, only ${all}`);
    let end = start + 1;
    while (
      i + end - start < rows.length &&
      rows[i + end - start] === end &&
      end < all &&
      places[end + 1]! - places[start]! <= bufferBytes
    ) {
      end++;
    }
    runs.push({ first: i, start, end });
    i += end - start;
  }
  return runs;
}

function decodeRow(
  bytes: Buffer,
  begin: number,
  type: number,
  each: 2 | 4,
  indices: Int32Array,
  data: Float32Array | Float64Array,
  from: number,
  to: number,
): void {
  let at = begin;
  for (let k = from; k < to; k++, at += each) {
    indices[k] = each === 2 ? bytes[at]! | (bytes[at + 1]! << 8) : bytes.readUInt32LE(at);
  }
  if (type === 0) {
    for (let k = from; k < to; k++) data[k] = bytes[at++]!;
    return;
  }
  const size = valueBytes[type]!;
  for (let k = from; k < to; k++, at += size) data[k] = readValue(bytes, at, type);
}

function readValue(bytes: Buffer, at: number, type: number): number {
  switch (valueTypes[type]) {
    case 'uint16':
      return bytes[at]! | (bytes[at + 1]! << 8);
    case 'float32':
      return bytes.readFloatLE(at);
    default:
      return bytes.readDoubleLE(at);
  }
}
