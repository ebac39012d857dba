import { closeSync, fstatSync, openSync, readSync, writeSync } from 'node:fs';
import { chunkIndex } from './chunk-index.js';
import type { ChunkStore, StoredChunk } from './chunk-store.js';
import { layoutMessage } from './object-header.js';

/** An array of the file whose chunks are in the store. */
export interface ChunkedArray {
  /** Elements of a chunk along each dimension. */
  readonly chunkShape: readonly number[];
  readonly elementBytes: number;
  readonly chunks: readonly StoredChunk[];
}

/** Where a file of the oldest format (a superblock of version 0, HDF5 file format specification, II.A) says where it ends. */
const END_OF_FILE_AT = 40;
/** A layout message of version 3, chunked (IV.A.2.i): then the number of dimensions, and the index's address. */
const CHUNKED = Buffer.from([3, 2]);
const INDEX_AT = 3;
const UNDEFINED = Buffer.alloc(8, 0xff);

/**
 * Puts the stored chunks behind a closed file that has none, and tells its arrays where they are.
 * @param arrays by the address of their object header
 * @throws Error where the file is of another format than it was made in; the system's errors as they are
 */
export function placeChunks(
  path: string,
  store: ChunkStore,
  arrays: ReadonlyMap<number, ChunkedArray>,
): void {
  const file = openSync(path, 'r+');
  try {
    const write = (bytes: Uint8Array, position: number) => {
      for (let at = 0; at < bytes.length; )
        at += writeSync(file, bytes, at, bytes.length - at, position + at);
      return position + bytes.length;
    };
    const read = (position: number, length: number) => {
      const bytes = new Uint8Array(length);
      return bytes.subarray(0, readSync(file, bytes, 0, length, position));
    };
    const first = fstatSync(file).size;
    let end = first;
    for (const part of store.parts()) end = write(part, end);
    for (const [header, { chunks, chunkShape, elementBytes }] of arrays) {
      if (chunks.length === 0) continue;
      const placed = chunks.map(({ at, length }) => ({ at: first + at, length }));
      const { bytes, root } = chunkIndex(placed, chunkShape, elementBytes, end);
      end = write(bytes, end);
      write(addressBytes(root), indexPlace(layoutMessage(read, header)));
    }
    write(addressBytes(end), END_OF_FILE_AT);
  } finally {
    closeSync(file);
  }
}

function indexPlace(layout: { readonly body: Buffer; readonly at: number } | null): number {
  const isEmpty =
    layout?.body.subarray(0, 2).equals(CHUNKED) &&
    layout.body.subarray(INDEX_AT, INDEX_AT + 8).equals(UNDEFINED);
  if (layout === null || !isEmpty) throw new Error('the HDF5 library has laid an array out in another way');
  return layout.at + INDEX_AT;
}

function addressBytes(address: number): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64LE(BigInt(address));
  return bytes;
}
