import type { UnsValue } from '../anndata.js';
import { isIntegral, isNumberType } from '../hdf5/dataset-info.js';
import { readFloat64, readInt32, readScalar, readValues } from '../hdf5/numbers.js';
import type { Hdf5Reader } from '../hdf5/reader.js';
import { readStrings } from '../hdf5/strings.js';
import { encodingOf } from './encoding.js';
import type { Warn } from './frames.js';
import { readOrLeaveOut } from './unsupported.js';

/** Deeper than any real `uns`; a group that holds itself would otherwise be read for ever. */
const deepest = 32;

/**
 * `uns` as nested plain objects. Elements that have no place there (tables, graphs, arrays of two dimensions) are
 * left out; their paths are added to `leftOut`. A link is left out with a warning.
 */
export function readMapping(
  reader: Hdf5Reader,
  path: string,
  leftOut: string[],
  warn: Warn,
  isOmitted: (name: string) => boolean = () => false,
  depth = 0,
): Record<string, UnsValue> {
  if (depth > deepest) throw reader.fault('uns', `is nested more than ${deepest} groups deep`);
  const mapping: Record<string, UnsValue> = Object.create(null);
  for (const name of reader.children(path)) {
    if (isOmitted(name)) continue;
    const child = `${path}/${name}`;
    readOrLeaveOut(child, warn, () => {
      const value = readValue(reader, child, leftOut, warn, depth);
      if (value === undefined) leftOut.push(child);
      else mapping[name] = value;
    });
  }
  return mapping;
}

function readValue(
  reader: Hdf5Reader,
  path: string,
  leftOut: string[],
  warn: Warn,
  depth: number,
): UnsValue | undefined {
  switch (encodingOf(reader, path).kind) {
    case 'mapping':
      return readMapping(reader, path, leftOut, warn, undefined, depth + 1);
    case 'string':
      return readStrings(reader, path)[0];
    case 'string-array':
      return isList(reader, path) ? readStrings(reader, path) : undefined;
    case 'scalar':
      return readNumber(reader, path);
    case 'array':
      return isList(reader, path) ? readList(reader, path) : undefined;
    default:
      return undefined;
  }
}

function readNumber(reader: Hdf5Reader, path: string): number | boolean | undefined {
  const { type } = reader.info(path);
  if (!isNumberType(type)) return undefined;
  const value = readScalar(reader, path);
  return type === 'bool' ? value !== 0 : value;
}

function readList(reader: Hdf5Reader, path: string): UnsValue | undefined {
  const { type } = reader.info(path);
  if (type === 'string') return readStrings(reader, path);
  if (!isNumberType(type)) return undefined;
  if (type === 'float32') return readValues(reader, path);
  return isIntegral(type) && type !== 'int64' && type !== 'uint32' && type !== 'uint64'
    ? readInt32(reader, path)
    : readFloat64(reader, path);
}

function isList(reader: Hdf5Reader, path: string): boolean {
  return reader.info(path).shape?.length === 1;
}
