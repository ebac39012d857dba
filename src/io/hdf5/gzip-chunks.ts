import { promisify } from 'node:util';
import { inflate } from 'node:zlib';
import { readChunkIndex } from './chunk-index.js';
import { type BytesAt, storageMessages } from './object-header.js';

/** Longer chunks than these are left to the library, and so are shorter ones, unless one is all: each is a task of its own. */
const LONGEST_CHUNK = 2 ** 26;
const SHORTEST_CHUNK = 2 ** 12;
const MOST_CHUNKS = 2 ** 20;
/** Twice as many as Node unpacks at once by default, so that none of its threads waits for work; fewer where they are long. */
const AT_ONCE = 8;
const BYTES_AT_ONCE = 2 ** 24;
const DEFLATE = 1;

const inflated = promisify(inflate);

/** A chunk that holds fewer rows than it should; the HDF5 library would give memory that nobody wrote for the others. */
export class ShortChunk extends Error {}

/**
 * An array whose rows are in gzip-compressed chunks that follow each other, as anndata and this project write the parts of a CSR
 * matrix. Node's zlib unpacks them on its own threads, each in less time than the HDF5 library, which is compiled to WebAssembly and has one.
 */
export class GzipChunks {
  /** The chunk within which reading stopped: neighbouring blocks of rows share it. */
  private last: { readonly chunk: number; readonly bytes: Uint8Array } | null = null;

  private constructor(
    private readonly read: BytesAt,
    private readonly rows: number,
    private readonly chunkRows: number,
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
      const [chunkRows, ...width] = chunkShape as [number, ...number[]];
      const isByRows = chunkShape.length === shape.length && width.every((n, d) => n === shape[d + 1]);
      const rowBytes = width.reduce((product, n) => product * n, elementBytes);
      const count = Math.ceil(shape[0]! / chunkRows);
      const bytes = chunkRows * rowBytes;
      if (!isByRows || count > MOST_CHUNKS || bytes > LONGEST_CHUNK) return null;
      if (bytes < SHORTEST_CHUNK && count > 1) return null;
      const places = readChunkIndex(read, index, chunkShape, count);
      return places && new GzipChunks(read, shape[0]!, chunkRows, rowBytes, places);
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
    const { chunkRows, rowBytes } = this;
    const length = chunkRows * rowBytes;
    const atOnce = Math.min(Math.max(Math.floor(BYTES_AT_ONCE / length), 1), AT_ONCE);
    const beyond = Math.ceil(end / chunkRows);
    const ahead: Promise<Uint8Array | null>[] = [];
    for (let row = start, chunk = Math.floor(start / chunkRows); row < end; chunk++) {
      while (ahead.length < atOnce && chunk + ahead.length < beyond) {
        ahead.push(this.unpack(chunk + ahead.length));
      }
      const bytes = await ahead.shift();
      if (!bytes) return row;
      if (bytes.length < length) throw new ShortChunk(`${bytes.length} bytes where ${length} belong`);
      const first = chunk * chunkRows;
      const next = Math.min(end, first + chunkRows);
      const isShared = next === end && end < Math.min(first + chunkRows, this.rows);
      this.last = isShared ? { chunk, bytes } : null;
      take(bytes.subarray((row - first) * rowBytes, (next - first) * rowBytes), row);
      row = next;
    }
    return end;
  }

  /** The bytes of a chunk, rows beyond the array's last among them; null where they are damaged, too many or cannot be read. Never rejects. */
  private async unpack(chunk: number): Promise<Uint8Array | null> {
    if (this.last?.chunk === chunk) return this.last.bytes;
    const most = this.chunkRows * this.rowBytes;
    const length = this.places.length[chunk]!;
    // What cannot be compressed grows by some bytes a block of 16 KiB.
    if (length > most + most / 2 ** 8 + 64) return null;
    try {
      // One more than there should be, since a buffer that is just full is followed by another.
      const limits = { chunkSize: Math.max(most + 1, 64), maxOutputLength: most };
      return await inflated(this.read(this.places.at[chunk]!, length), limits);
    } catch {
      return null;
    }
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
