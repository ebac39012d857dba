import type { ChunkStore, StoredChunk } from './chunk-store.js';
import type { ChunkedArray } from './chunked-arrays.js';
import type { NumberArray } from './writer.js';

/** Cuts an array that comes row by row into chunks, and gives these to the store. */
export class DatasetAppender implements ChunkedArray {
  readonly chunks: StoredChunk[] = [];
  readonly elementBytes: number;
  private readonly width: number;
  private readonly chunkBytes: number;
  private buffer: Uint8Array | null = null;
  private filled = 0;
  private bytes = 0;

  /**
   * @param chunkShape elements of a chunk along each dimension
   * @param finished called with the number of rows when all are there
   */
  constructor(
    private readonly store: ChunkStore,
    empty: NumberArray,
    readonly chunkShape: readonly number[],
    private readonly finished: (rows: number) => void,
  ) {
    this.elementBytes = empty.BYTES_PER_ELEMENT;
    this.width = chunkShape.slice(1).reduce((product, n) => product * n, this.elementBytes);
    this.chunkBytes = chunkShape[0]! * this.width;
  }

  /**
   * Takes rows, and copies them: they may change afterwards.
   * @param data whole rows, of the type that the dataset has
   */
  async append(data: NumberArray): Promise<void> {
    const rows = bytesOf(data);
    for (let at = 0; at < rows.length; ) {
      this.buffer ??= new Uint8Array(this.chunkBytes);
      const part = rows.subarray(at, at + this.chunkBytes - this.filled);
      this.buffer.set(part, this.filled);
      this.filled += part.length;
      at += part.length;
      if (this.filled === this.chunkBytes) {
        this.flush();
        await this.store.hasRoom();
      }
    }
    this.bytes += rows.length;
  }

  /** All rows at once, and no others; they must stay as they are. */
  whole(data: NumberArray): void {
    const rows = bytesOf(data);
    const fitting = rows.length - (rows.length % this.chunkBytes);
    for (let at = 0; at < fitting; at += this.chunkBytes) {
      this.store.add(rows.subarray(at, at + this.chunkBytes), this.chunks);
    }
    if (fitting < rows.length) {
      this.buffer = new Uint8Array(this.chunkBytes);
      this.buffer.set(rows.subarray(fitting));
    }
    this.bytes = rows.length;
    this.finish();
  }

  /** Chunks are whole: what no row fills stays 0. */
  finish(): void {
    if (this.buffer !== null) this.flush();
    this.finished(this.bytes / this.width);
  }

  private flush(): void {
    this.store.add(this.buffer!, this.chunks);
    this.buffer = null;
    this.filled = 0;
  }
}

function bytesOf(data: NumberArray): Uint8Array {
  return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
}
