import { narrow } from '../narrow.js';
import { type DatasetInfo, isNumberType, type NumberType } from './dataset-info.js';
import type { Hdf5Reader } from './reader.js';

/** Values looked at together. */
const sliceLength = 2 ** 22;

type Target = Float32Array | Float64Array | Int32Array;

const exactInFloat32: ReadonlySet<NumberType> = new Set([
  'float32',
  'int8',
  'uint8',
  'int16',
  'uint16',
  'bool',
]);
const exactInInt32: ReadonlySet<NumberType> = new Set(['int32', 'int8', 'uint8', 'int16', 'uint16', 'bool']);

/** Rows `start` to `end` of an array of any rank as float64, row-major. int64 beyond 2^53 is rounded. */
export function readFloat64(
  reader: Hdf5Reader,
  path: string,
  start = 0,
  end = firstLength(reader, path),
): Promise<Float64Array> {
  return readRowsInto(reader, path, start, end, (length) => new Float64Array(length));
}

/** The same as float32 where that loses nothing, as float64 elsewhere. */
export async function readValues(
  reader: Hdf5Reader,
  path: string,
  start = 0,
  end = firstLength(reader, path),
): Promise<Float32Array | Float64Array> {
  if (exactInFloat32.has(numberType(reader, path))) {
    return readRowsInto(reader, path, start, end, (length) => new Float32Array(length));
  }
  return narrow(await readFloat64(reader, path, start, end));
}

/** Whether `readValues` of all rows would give float64: a pass over them at most, and none where the type tells. */
export async function needsFloat64(reader: Hdf5Reader, path: string): Promise<boolean> {
  if (exactInFloat32.has(numberType(reader, path))) return false;
  const rows = firstLength(reader, path);
  const width = (reader.info(path).shape ?? []).slice(1).reduce((product, n) => product * n, 1);
  const step = Math.max(1, Math.floor(sliceLength / Math.max(width, 1)));
  for (let start = 0; start < rows; start += step) {
    const values = await readFloat64(reader, path, start, Math.min(rows, start + step));
    if (narrow(values) instanceof Float64Array) return true;
  }
  return false;
}

/** The same as int32. @throws FileError for a value that is no 32-bit integer */
export async function readInt32(
  reader: Hdf5Reader,
  path: string,
  start = 0,
  end = firstLength(reader, path),
): Promise<Int32Array> {
  if (exactInInt32.has(numberType(reader, path))) {
    return readRowsInto(reader, path, start, end, (length) => new Int32Array(length));
  }
  const wide = await readFloat64(reader, path, start, end);
  const values = Int32Array.from(wide);
  for (let i = 0; i < wide.length; i++) {
    if (values[i] !== wide[i]) throw reader.fault(path, `holds ${wide[i]} where a position belongs`);
  }
  return values;
}

/** A scalar, or the only value of an array of one. */
export function readScalar(reader: Hdf5Reader, path: string): number {
  const type = numberType(reader, path);
  const shape = reader.info(path).shape ?? [];
  const zeros = shape.map(() => 0);
  const ones = shape.map(() => 1);
  const value = new Float64Array(1);
  reader.readBlock(path, zeros, ones, (bytes) => decodeNumbers(bytes, type, value, 0));
  return value[0]!;
}

/** Little-endian numbers of `type` written to `target` from position `at` on. */
export function decodeNumbers(bytes: Uint8Array, type: NumberType, target: Target, at: number): void {
  if (type === 'int64' || type === 'uint64') decode64(bytes, type, target, at);
  else target.set(viewAs(bytes, type), at);
}

function viewAs(
  { buffer, byteOffset, byteLength }: Uint8Array,
  type: Exclude<NumberType, 'int64' | 'uint64'>,
) {
  switch (type) {
    case 'int8':
      return new Int8Array(buffer, byteOffset, byteLength);
    case 'uint8':
    case 'bool':
      return new Uint8Array(buffer, byteOffset, byteLength);
    case 'int16':
      return new Int16Array(buffer, byteOffset, byteLength / 2);
    case 'uint16':
      return new Uint16Array(buffer, byteOffset, byteLength / 2);
    case 'int32':
      return new Int32Array(buffer, byteOffset, byteLength / 4);
    case 'uint32':
      return new Uint32Array(buffer, byteOffset, byteLength / 4);
    case 'float32':
      return new Float32Array(buffer, byteOffset, byteLength / 4);
    case 'float64':
      return new Float64Array(buffer, byteOffset, byteLength / 8);
  }
}

/** Halves are added as doubles: a tenth of the time that BigInt takes. */
function decode64(bytes: Uint8Array, type: 'int64' | 'uint64', target: Target, at: number): void {
  const { buffer, byteOffset, byteLength } = bytes;
  const low = new Uint32Array(buffer, byteOffset, byteLength / 4);
  const high = type === 'int64' ? new Int32Array(buffer, byteOffset, byteLength / 4) : low;
  for (let i = 0; i < low.length; i += 2) target[at + i / 2] = high[i + 1]! * 2 ** 32 + low[i]!;
}

async function readRowsInto<T extends Target>(
  reader: Hdf5Reader,
  path: string,
  start: number,
  end: number,
  allocate: (length: number) => T,
): Promise<T> {
  const type = numberType(reader, path);
  const width = (reader.info(path).shape ?? []).slice(1).reduce((product, n) => product * n, 1);
  const target = allocateFor(reader, path, (end - start) * width, allocate);
  await reader.readRows(path, start, end, (bytes, row) =>
    decodeNumbers(bytes, type, target, (row - start) * width),
  );
  return target;
}

function allocateFor<T>(
  reader: Hdf5Reader,
  path: string,
  length: number,
  allocate: (length: number) => T,
): T {
  try {
    return allocate(length);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw reader.fault(path, `holds ${length} values, more than fit into memory`, 'Use fewer cells or genes');
  }
}

function numberType(reader: Hdf5Reader, path: string): NumberType {
  const { type, typeName }: DatasetInfo = reader.info(path);
  if (isNumberType(type)) return type;
  const remedy = 'Store it as float32 or int32 (in Python: .astype) and write the file again';
  throw reader.fault(path, `holds values of type ${typeName} where numbers that can be read belong`, remedy);
}

function firstLength(reader: Hdf5Reader, path: string): number {
  return reader.info(path).shape?.[0] ?? 0;
}
