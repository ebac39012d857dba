import type { StoredChunk } from './chunk-store.js';
import type { BytesAt } from './object-header.js';

/*
 * The chunks of an array are found through a B-tree of version 1 (HDF5 file format specification, III.A.1): nodes of one size, each with
 * keys and children in turn and a key behind the last child. A key is a chunk's bytes, its filters that were left out (none), and
 * where it begins in the array, in elements, with a last number within the element.
 */

/** Children of a node: twice the 32 that a file of the oldest format has, which cannot say otherwise. */
const MOST_CHILDREN = 64;
const UNDEFINED = 0xffff_ffff_ffff_ffffn;
const HEADER = 24;
const ADDRESS = 8;

/** What lies behind a key of a level, and the key. */
interface Entry {
  readonly address: number;
  readonly key: Buffer;
}

/**
 * The index of chunks that follow each other along the first dimension.
 * @param chunks their addresses and bytes, in order, at least one
 * @param chunkShape elements of a chunk along each dimension
 * @param address where the index will lie
 * @returns its bytes, and the address of its root
 */
export function chunkIndex(
  chunks: readonly StoredChunk[],
  chunkShape: readonly number[],
  elementBytes: number,
  address: number,
): { readonly bytes: Buffer; readonly root: number } {
  const [rows, ...others] = chunkShape as [number, ...number[]];
  const inside = [...others, elementBytes];
  const zeros = inside.map(() => 0);
  // As the HDF5 library has it: one chunk on in every dimension.
  const end = keyOf(0, [chunks.length * rows, ...inside]);
  const nodes: Buffer[] = [];
  let entries: readonly Entry[] = chunks.map(({ at, length }, i) => ({
    address: at,
    key: keyOf(length, [i * rows, ...zeros]),
  }));
  let next = address;
  for (let level = 0; ; level++) {
    const count = Math.ceil(entries.length / MOST_CHILDREN);
    const size = HEADER + MOST_CHILDREN * ADDRESS + (MOST_CHILDREN + 1) * end.length;
    const addressOf = (node: number) => next + node * size;
    const above = Array.from({ length: count }, (_, node): Entry => {
      const own = entries.slice(node * MOST_CHILDREN, (node + 1) * MOST_CHILDREN);
      const after = entries[(node + 1) * MOST_CHILDREN]?.key ?? end;
      const left = node === 0 ? null : addressOf(node - 1);
      const right = node === count - 1 ? null : addressOf(node + 1);
      nodes.push(nodeOf(level, own, after, left, right, size));
      return { address: addressOf(node), key: own[0]!.key };
    });
    next += count * size;
    if (count === 1) return { bytes: Buffer.concat(nodes), root: above[0]!.address };
    entries = above;
  }
}

/**
 * The chunks of an array by its index, in order: the inverse of `chunkIndex`, for any file.
 * @param chunkShape elements of a chunk along each dimension
 * @param count of the chunks that follow each other along the first dimension and hold the whole array
 * @returns null where the index is damaged, lacks chunks or has others, or a filter was left out for one
 */
export function readChunkIndex(
  read: BytesAt,
  root: number,
  chunkShape: readonly number[],
  count: number,
): { readonly at: Float64Array; readonly length: Uint32Array } | null {
  const keyBytes = 8 + ADDRESS * (chunkShape.length + 1);
  // Along all dimensions but the first, and within the element.
  const zeros = chunkShape.map(() => 0);
  const chunks = { at: new Float64Array(count), length: new Uint32Array(count) };
  let found = 0;

  function visit(address: number, level: number | null): boolean {
    const header = bufferOf(read(address, HEADER));
    const [own, entries] = [header.readUInt8(5), header.readUInt16LE(6)];
    const isNode = header.toString('latin1', 0, 5) === 'TREE\x01' && own === (level ?? own);
    if (!isNode || entries === 0) return false;
    const node = bufferOf(read(address + HEADER, entries * (keyBytes + ADDRESS)));
    for (let at = 0; at < entries * (keyBytes + ADDRESS); at += keyBytes + ADDRESS) {
      const child = Number(node.readBigUInt64LE(at + keyBytes));
      const isRead = own > 0 ? visit(child, own - 1) : take(node.subarray(at, at + keyBytes), child);
      if (!isRead) return false;
    }
    return true;
  }

  function take(key: Buffer, address: number): boolean {
    // All of a key but the chunk's bytes follows from its place, since no filter is left out.
    const expected = keyOf(0, [found * chunkShape[0]!, ...zeros]).subarray(4);
    if (found === count || !key.subarray(4).equals(expected)) return false;
    chunks.at[found] = address;
    chunks.length[found++] = key.readUInt32LE(0);
    return true;
  }

  return visit(root, null) && found === count ? chunks : null;
}

const bufferOf = ({ buffer, byteOffset, byteLength }: Uint8Array): Buffer =>
  Buffer.from(buffer, byteOffset, byteLength);

function keyOf(length: number, offsets: readonly number[]): Buffer {
  const key = Buffer.alloc(8 + ADDRESS * offsets.length);
  key.writeUInt32LE(length, 0);
  offsets.forEach((offset, d) => {
    key.writeBigUInt64LE(BigInt(offset), 8 + ADDRESS * d);
  });
  return key;
}

function nodeOf(
  level: number,
  entries: readonly Entry[],
  after: Buffer,
  left: number | null,
  right: number | null,
  size: number,
): Buffer {
  const node = Buffer.alloc(size);
  // The tree is of chunks (1), not of a group's names (0).
  node.write('TREE\x01', 0, 'latin1');
  node.writeUInt8(level, 5);
  node.writeUInt16LE(entries.length, 6);
  node.writeBigUInt64LE(left === null ? UNDEFINED : BigInt(left), 8);
  node.writeBigUInt64LE(right === null ? UNDEFINED : BigInt(right), 16);
  let at = HEADER;
  for (const { address, key } of entries) {
    at += key.copy(node, at);
    at = node.writeBigUInt64LE(BigInt(address), at);
  }
  after.copy(node, at);
  return node;
}
