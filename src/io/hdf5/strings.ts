import type { ElementInfo } from './dataset-info.js';
import type { Hdf5Reader } from './reader.js';

const sliceLength = 2 ** 16;

/** The strings of a scalar or an array of one dimension, of fixed or variable length, as UTF-8. */
export function readStrings(reader: Hdf5Reader, path: string): string[] {
  const info = reader.info(path);
  if (info.type !== 'string')
    throw reader.fault(path, `holds values of type ${info.typeName} where text belongs`);
  const shape = info.shape ?? [0];
  if (shape.length > 1) throw reader.fault(path, 'has more than one dimension where a list of text belongs');
  const values: string[] = [];
  const decode = (bytes: Uint8Array) => decodeStrings(reader, bytes, info, values);
  if (shape.length === 0) {
    reader.readBlock(path, [], [], decode);
    return values;
  }
  const [length = 0] = shape;
  for (let start = 0; start < length; start += sliceLength) {
    reader.readBlock(path, [start], [Math.min(sliceLength, length - start)], decode);
  }
  return values;
}

function decodeStrings(reader: Hdf5Reader, bytes: Uint8Array, info: ElementInfo, values: string[]): void {
  for (let at = 0; at < bytes.length; at += info.size) values.push(decodeString(reader, bytes, at, info));
}

/** The string at byte `at` of a block that is being read. */
export function decodeString(
  reader: Hdf5Reader,
  bytes: Uint8Array,
  at: number,
  element: ElementInfo,
): string {
  const stored = Buffer.from(bytes.buffer, bytes.byteOffset + at, element.size);
  if (element.variableLength) return reader.textAt(stored.readUInt32LE(0));
  const end = stored.indexOf(0);
  const text = stored.toString('utf8', 0, end < 0 ? stored.length : end);
  return element.spacePadded ? text.trimEnd() : text;
}
