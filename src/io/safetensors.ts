import { createHash } from 'node:crypto';
import { closeSync, openSync, readSync, writeSync } from 'node:fs';
import { DataError, FileError } from '../errors.js';
import { replaceAtomically } from './atomic.js';
import { readableFileSize, systemFileError } from './file-problem.js';

const arrays = {
  F64: Float64Array,
  F32: Float32Array,
  I64: BigInt64Array,
  I32: Int32Array,
  I16: Int16Array,
  I8: Int8Array,
  U8: Uint8Array,
  BOOL: Uint8Array,
} as const;

export type StoredDtype = keyof typeof arrays;

interface StoredArrays {
  readonly F64: Float64Array;
  readonly F32: Float32Array;
  readonly I64: BigInt64Array;
  readonly I32: Int32Array;
  readonly I16: Int16Array;
  readonly I8: Int8Array;
  readonly U8: Uint8Array;
  readonly BOOL: Uint8Array;
}

/** One named array, row-major, its data of the kind that `dtype` names (F32: Float32Array, I64: BigInt64Array, ...). */
export type StoredTensor = {
  [D in StoredDtype]: {
    readonly dtype: D;
    readonly shape: readonly number[];
    readonly data: StoredArrays[D];
  };
}[StoredDtype];

export interface SafetensorsFile {
  readonly tensors: ReadonlyMap<string, StoredTensor>;
  readonly metadata: Readonly<Record<string, string>>;
}

/** The format's own limit on its header, in bytes. */
const longestHeader = 100_000_000;

/** The metadata's own entry: SHA-256 of the header, in which this entry is all zeros, and of the data. */
const checksumName = 'sha256';
const noChecksum = '0'.repeat(64);
/** Bytes hashed at a time. */
const hashedAtOnce = 2 ** 23;

/**
 * Writes tensors in the safetensors format (a JSON header, then the data one after another), atomically, with a checksum
 * of all of it in the metadata (`sha256`).
 * @throws DataError where a shape does not agree with its data
 */
export async function writeSafetensors(
  path: string,
  tensors: ReadonlyMap<string, StoredTensor>,
  metadata: Readonly<Record<string, string>> = {},
): Promise<void> {
  const header: Record<string, unknown> = { __metadata__: { ...metadata, [checksumName]: noChecksum } };
  let end = 0;
  for (const [name, { dtype, shape, data }] of tensors) {
    if (data.length !== elements(shape)) {
      throw new DataError(
        `tensor ${name}`,
        `has ${data.length} values for the shape [${shape}]`,
        'Correct its shape',
      );
    }
    const start = end;
    end += data.byteLength;
    header[name] = { dtype, shape, data_offsets: [start, end] };
  }
  // Padded with spaces so that the data begin at a multiple of eight bytes.
  const text = Buffer.from(JSON.stringify(header));
  const padded = Buffer.alloc(Math.ceil(text.length / 8) * 8, ' ');
  text.copy(padded);
  const hash = createHash('sha256').update(padded);
  for (const { data } of tensors.values()) hash.update(bytesOf(data));
  padded.write(hash.digest('hex'), padded.indexOf(noChecksum));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(padded.length));
  await replaceAtomically(path, (temporary) => {
    const file = openSync(temporary, 'w');
    try {
      for (const part of [length, padded]) writeAll(file, part);
      for (const { data } of tensors.values()) writeAll(file, bytesOf(data));
    } finally {
      closeSync(file);
    }
  });
}

/**
 * Reads a safetensors file into memory.
 * @throws FileError where sizes, offsets or types in the header do not fit the file, or the file not its checksum (files of other programs have none)
 */
export async function readSafetensors(path: string): Promise<SafetensorsFile> {
  const size = readableFileSize(path);
  const file = openForReading(path);
  try {
    if (size < 8) throw damaged(path, 'is too short for a safetensors file');
    const headerLength = Number(readAt(path, file, 0, 8).readBigUInt64LE());
    if (headerLength > Math.min(longestHeader, size - 8)) {
      throw damaged(path, `claims a header of ${headerLength} bytes, which the file does not hold`);
    }
    const headerBytes = readAt(path, file, 8, headerLength);
    const header = parseHeader(path, headerBytes.toString('utf8'));
    const dataStart = 8 + headerLength;
    const tensors = new Map<string, StoredTensor>();
    let metadata: Record<string, string> = {};
    let checksum: string | null = null;
    for (const [name, entry] of Object.entries(header)) {
      if (name === '__metadata__') {
        const { [checksumName]: stated, ...rest }: Record<string, unknown> = Object(entry);
        if (stated !== undefined) checksum = String(stated);
        metadata = Object.fromEntries(Object.entries(rest).map(([key, value]) => [key, String(value)]));
        continue;
      }
      const { dtype, shape, start, end } = checkedEntry(path, name, entry, size - dataStart);
      tensors.set(name, tensorOf(dtype, shape, readAt(path, file, dataStart + start, end - start)));
    }
    // Last, since what is wrong with a size or an offset says more.
    if (checksum !== null) verify(path, file, headerBytes, checksum, dataStart, size);
    return { tensors, metadata };
  } finally {
    closeSync(file);
  }
}

function verify(
  path: string,
  file: number,
  header: Buffer,
  checksum: string,
  start: number,
  end: number,
): void {
  const unsigned = Buffer.from(header);
  unsigned.write(noChecksum, Math.max(0, header.indexOf(checksum)));
  const hash = createHash('sha256').update(unsigned);
  for (let at = start; at < end; at += hashedAtOnce) {
    hash.update(readAt(path, file, at, Math.min(hashedAtOnce, end - at)));
  }
  if (hash.digest('hex') !== checksum)
    throw damaged(path, 'is damaged: its bytes do not agree with its checksum');
}

function checkedEntry(path: string, name: string, entry: unknown, available: number) {
  const { dtype, shape, data_offsets: offsets }: Record<string, unknown> = Object(entry);
  if (!isDtype(dtype))
    throw damaged(path, `the tensor ${name} has the type ${String(dtype)}, which is not known`);
  if (!isCounts(shape)) throw damaged(path, `the tensor ${name} has no valid shape`);
  if (!isCounts(offsets) || offsets.length !== 2)
    throw damaged(path, `the tensor ${name} has no valid offsets`);
  const [start, end] = offsets as [number, number];
  const bytes = elements(shape) * arrays[dtype].BYTES_PER_ELEMENT;
  if (end > available || end - start !== bytes) {
    throw damaged(path, `the tensor ${name} does not lie within the file as its header says`);
  }
  return { dtype, shape, start, end };
}

function tensorOf(dtype: StoredDtype, shape: readonly number[], bytes: Buffer): StoredTensor {
  const own = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength);
  return { dtype, shape, data: new arrays[dtype](own as ArrayBuffer) } as StoredTensor;
}

function parseHeader(path: string, text: string): Record<string, unknown> {
  try {
    const header: unknown = JSON.parse(text);
    if (typeof header === 'object' && header !== null && !Array.isArray(header)) return { ...header };
  } catch {
    // Said below.
  }
  throw damaged(path, 'has no valid safetensors header');
}

function openForReading(path: string): number {
  try {
    return openSync(path, 'r');
  } catch (error) {
    throw systemFileError(path, error) ?? error;
  }
}

function readAt(path: string, file: number, position: number, length: number): Buffer {
  const bytes = Buffer.alloc(length);
  let done = 0;
  while (done < length) {
    const read = readSync(file, bytes, done, Math.min(length - done, 2 ** 30), position + done);
    if (read === 0) throw damaged(path, 'ends early');
    done += read;
  }
  return bytes;
}

function bytesOf({ buffer, byteOffset, byteLength }: StoredTensor['data']): Uint8Array {
  return new Uint8Array(buffer, byteOffset, byteLength);
}

function writeAll(file: number, bytes: Uint8Array): void {
  for (let done = 0; done < bytes.length; )
    done += writeSync(file, bytes, done, Math.min(bytes.length - done, 2 ** 30));
}

function damaged(path: string, problem: string): FileError {
  return new FileError(path, problem, 'Take the file from a sound copy, or write it again');
}

function elements(shape: readonly number[]): number {
  return shape.reduce((product, n) => product * n, 1);
}

function isDtype(value: unknown): value is StoredDtype {
  return typeof value === 'string' && Object.hasOwn(arrays, value);
}

function isCounts(value: unknown): value is number[] {
  return Array.isArray(value) && value.every((n) => Number.isSafeInteger(n) && n >= 0);
}
