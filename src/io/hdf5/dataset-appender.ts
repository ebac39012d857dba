import type { ChunkStore, StoredChunk } from './chunk-store.js';
import type { ChunkedArray } from './chunked-arrays.js';
import type { NumberArray } from './writer.js';

export interface AppenderHooks {
  /** Called after every chunk: waits while there are many. */
  isFull(): Promise<void>;
  /** Called with the number of rows when all are there. */
  finished(rows: number): void;
}

/** Cuts an array that comes row by row into chunks, and gives these to the store. */
export class DatasetAppender implements ChunkedArray {
  readonly chunks: StoredChunk[] = [];
  readonly elementBytes: number;
  /** Elements of a row, and of a chunk. */
  private readonly width: number;
  private readonly chunkLength: number;
  private buffer: Uint8Array | null = null;
  private filled = 0;
  private length = 0;

  /** @param chunkShape elements of a chunk along each dimension */
  constructor(
    private readonly store: ChunkStore,
    empty: NumberArray,
    readonly chunkShape: readonly number[],
    private readonly hooks: AppenderHooks,
  ) {
    this.elementBytes = empty.BYTES_PER_ELEMENT;
    this.width = chunkShape.slice(1).reduce((product, n) => product * n, 1);
    this.chunkLength = chunkShape[0]! * this.width;
  }

  /**
   * Takes rows, and copies them: they may change afterwards.
   * @param data whole rows, of the type that the dataset has
   */
  async append(data: NumberArray): Promise<void> {
    for (let at = 0; at < data.length; ) {
      this.buffer ??= this.newChunk();
      const part = data.subarray(at, at + this.chunkLength - this.filled);
      this.buffer.set(bytesOf(part), this.filled * this.elementBytes);
      this.filled += part.length;
      at += part.length;
      if (this.filled === this.chunkLength) {
        this.flush();
        await this.hooks.isFull();
      }
    }
    this.length += data.length;
  }

  /** All rows at once, and no others; they must stay as they are. */
  whole(data: NumberArray): void {
    const fitting = data.length - (data.length % this.chunkLength);
    for (let at = 0; at < fitting; at += this.chunkLength) {
      this.store.add(bytesOf(data.subarray(at, at + this.chunkLength)), this.chunks);
    }
    if (fitting < data.length) {
      this.buffer = this.newChunk();
      this.buffer.set(bytesOf(data.subarray(fitting)));
    }
    this.length = data.length;
    this.finish();
  }

  /** Chunks are whole: what no row fills stays 0. */
  finish(): void {
    if (this.buffer !== null) this.flush();
    this.hooks.finished(this.length / this.width);
  }

  private newChunk(): Uint8Array {
    return new Uint8Array(this.chunkLength * this.elementBytes);
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
