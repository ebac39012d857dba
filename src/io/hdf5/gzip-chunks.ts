import { promisify } from 'node:util';
import { inflate } from 'node:zlib';
import { readChunkIndex } from './chunk-index.js';
import { type BytesAt, storageMessages } from './object-header.js';

/** Longer ones are left to the library, since the last one stays in memory. */
const LONGEST_CHUNK = 2 ** 26;
const MOST_CHUNKS = 2 ** 24;
/** Twice as many as Node unpacks at once by default, so that none of its threads waits for work. */
const AT_ONCE = 8;
const DEFLATE = 1;

const inflated = promisify(inflate);

/** A chunk that holds fewer rows than it should; the HDF5 library would give memory that nobody wrote for the others. */
export class ShortChunk extends Error {}

/**
 * An array whose rows are in gzip-compressed chunks that follow each other, as anndata and this project write the parts of a CSR
 * matrix. Node's zlib unpacks them on its own threads, each in less time than the HDF5 library, which is compiled to WebAssembly and has one.
 */
export class GzipChunks {
  /** The chunk that was unpacked last: neighbouring blocks of rows share one. */
  private last: { readonly chunk: number; readonly bytes: Uint8Array } | null = null;

  private constructor(
    private readonly read: BytesAt,
    /** Rows of a chunk. */
    readonly rows: number,
    private readonly rowBytes: number,
    private readonly places: { readonly at: Float64Array; readonly length: Uint32Array },
  ) {}

  /**
   * @param header address of the dataset's object header
   * @param shape of the dataset
   * @param elementBytes of a value
   * @returns null where the array is kept in any other way, or its index is not sound
   */
  static find(
    read: BytesAt,
    header: number,
    shape: readonly number[],
    elementBytes: number,
  ): GzipChunks | null {
    try {
      const messages = storageMessages(read, header);
      if (messages === null || !isDeflateAlone(messages.filters)) return null;
      const layout = chunkedLayout(messages.layout);
      if (layout === null || layout.elementBytes !== elementBytes) return null;
      const { chunkShape, index } = layout;
      const [rows, ...width] = chunkShape as [number, ...number[]];
      const isByRows = chunkShape.length === shape.length && width.every((n, d) => n === shape[d + 1]);
      const rowBytes = width.reduce((product, n) => product * n, elementBytes);
      const count = Math.ceil(shape[0]! / rows);
      if (!isByRows || count > MOST_CHUNKS || rows * rowBytes > LONGEST_CHUNK) return null;
      const places = readChunkIndex(read, index, chunkShape, count);
      return places && new GzipChunks(read, rows, rowBytes, places);
    } catch (error) {
      if (error instanceof RangeError) return null;
      throw error;
    }
  }

  /**
   * Unpacks rows `start` to `end` on Node's own threads, a few chunks at once, and hands them over chunk by chunk, in order.
   * @param take takes the bytes of the rows from `row` on, and must not keep them
   * @returns the row from which on a chunk is damaged, else `end`
   * @throws ShortChunk where a chunk holds fewer rows than it should
   */
  async readRows(
    start: number,
    end: number,
    take: (bytes: Uint8Array, row: number) => void,
  ): Promise<number> {
    const beyond = Math.ceil(end / this.rows);
    const ahead: Promise<Uint8Array | null>[] = [];
    for (let row = start, chunk = Math.floor(start / this.rows); row < end; chunk++) {
      while (ahead.length < AT_ONCE && chunk + ahead.length < beyond) {
        ahead.push(this.unpack(chunk + ahead.length));
      }
      const bytes = await ahead.shift();
      if (!bytes) return row;
      const length = this.rows * this.rowBytes;
      if (bytes.length < length) throw new ShortChunk(`${bytes.length} bytes where ${length} belong`);
      this.last = { chunk, bytes };
      const next = Math.min(end, (chunk + 1) * this.rows);
      const first = chunk * this.rows;
      take(bytes.subarray((row - first) * this.rowBytes, (next - first) * this.rowBytes), row);
      row = next;
    }
    return end;
  }

  /** The bytes of a chunk, rows beyond the array's last among them; null where they are damaged or too many. */
  private async unpack(chunk: number): Promise<Uint8Array | null> {
    if (this.last?.chunk === chunk) return this.last.bytes;
    const most = this.rows * this.rowBytes;
    const packed = this.read(this.places.at[chunk]!, this.places.length[chunk]!);
    // One more than there should be, since a buffer that is just full is followed by another.
    const limits = { chunkSize: Math.max(most + 1, 64), maxOutputLength: most };
    return inflated(packed, limits).catch(() => null);
  }
}

/** A layout message of version 3, chunked (HDF5 file format specification, IV.A.2.i). */
function chunkedLayout(
  message: Buffer,
): { readonly chunkShape: number[]; readonly elementBytes: number; readonly index: number } | null {
  if (message.readUInt8(0) !== 3 || message.readUInt8(1) !== 2) return null;
  const dimensions = message.readUInt8(2);
  const sizes = Array.from({ length: dimensions }, (_, d) => message.readUInt32LE(11 + 4 * d));
  const elementBytes = sizes.pop() ?? 0;
  if (sizes.length === 0 || sizes.includes(0)) return null;
  return { chunkShape: sizes, elementBytes, index: Number(message.readBigUInt64LE(3)) };
}

/** A filter pipeline message (IV.A.2.l) of either version. */
function isDeflateAlone(message: Buffer): boolean {
  const [version, filters] = message;
  const first = version === 1 ? 8 : 2;
  return (version === 1 || version === 2) && filters === 1 && message.readUInt16LE(first) === DEFLATE;
}
