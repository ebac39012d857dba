import { promisify } from 'node:util';
import { deflate } from 'node:zlib';
import {
  appendToScratch,
  closeScratch,
  makeScratchFile,
  readScratch,
  type ScratchFile,
} from '../scratch-file.js';
import type { Compression } from './writer.js';

/** Where a packed chunk lies in the store, and its bytes. */
export interface StoredChunk {
  readonly at: number;
  readonly length: number;
}

/** Two thirds of level 9's time saved for a few per cent of size. */
export const gzipLevel = 4;

/** As many as Node packs at once by default; others would only wait in memory. */
const AT_ONCE = 4;

/** Room for what a chunk becomes: by default zlib begins anew every 16 KiB. */
const PACKED_AT_ONCE = 2 ** 18;
const COPIED_AT_ONCE = 2 ** 22;

const pack = promisify(deflate);

/**
 * Packs the chunks of a file's arrays on Node's own threads, and keeps them in order on the disk until the file can
 * take them: the HDF5 library, compiled to WebAssembly, packs on one thread and in 1.5 times the processor's time.
 */
export class ChunkStore {
  private readonly scratch: ScratchFile;
  private readonly waiting: { readonly packed: Promise<Uint8Array>; readonly chunks: StoredChunk[] }[] = [];
  private stored = 0;
  private isOpen = true;

  /** @param owner the file that the chunks are for @throws FileError where its folder takes no files */
  constructor(
    owner: string,
    private readonly compression: Compression,
  ) {
    this.scratch = makeScratchFile(owner);
  }

  /**
   * Takes a chunk, which must stay as it is until `settled`.
   * @param chunks the array's, to which it is added then
   */
  add(bytes: Uint8Array, chunks: StoredChunk[]): void {
    const packed =
      this.compression === 'gzip'
        ? pack(bytes, { level: gzipLevel, chunkSize: PACKED_AT_ONCE })
        : Promise.resolve(bytes);
    // Whoever waits for it hears of a failure; until then it is nobody's.
    packed.catch(() => {});
    this.waiting.push({ packed, chunks });
  }

  /** Waits until another chunk would be packed at once. @throws FileError where the disk is full or fails */
  async hasRoom(): Promise<void> {
    while (this.waiting.length >= AT_ONCE) await this.storeNext();
  }

  /** Waits until all chunks are on the disk. @throws FileError where it is full or fails */
  async settled(): Promise<void> {
    while (this.waiting.length > 0) await this.storeNext();
  }

  /** Hands over all that is stored, in order, a part at a time. */
  *parts(): Generator<Uint8Array> {
    const buffer = new Uint8Array(Math.min(COPIED_AT_ONCE, this.stored));
    for (let at = 0; at < this.stored; at += buffer.length) {
      const part = buffer.subarray(0, Math.min(buffer.length, this.stored - at));
      readScratch(this.scratch, part, at);
      yield part;
    }
  }

  close(): void {
    if (!this.isOpen) return;
    this.isOpen = false;
    closeScratch(this.scratch);
  }

  private async storeNext(): Promise<void> {
    const { packed, chunks } = this.waiting[0]!;
    const bytes = await packed;
    this.waiting.shift();
    appendToScratch(this.scratch, bytes);
    chunks.push({ at: this.stored, length: bytes.length });
    this.stored += bytes.length;
  }
}
