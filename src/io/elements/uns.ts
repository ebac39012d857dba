import type { UnsValue } from '../anndata.js';
import { isIntegral, isNumberType } from '../hdf5/dataset-info.js';
import { readFloat64, readInt32, readScalar, readValues } from '../hdf5/numbers.js';
import type { Hdf5Reader } from '../hdf5/reader.js';
import { readStrings } from '../hdf5/strings.js';
import { encodingOf } from './encoding.js';
import type { Warn } from './frames.js';
import { readOrLeaveOut, UnsupportedElement } from './unsupported.js';

/** Deeper than any real `uns`. */
const deepest = 32;

interface Reading {
  readonly reader: Hdf5Reader;
  readonly warn: Warn;
  /** Paths of what has no place in `uns`. */
  readonly leftOut: string[];
  /** Groups that were read, by address: one that holds itself, or is there under many names, would take for ever. */
  readonly seen: Set<number>;
}

/**
 * `uns` as nested plain objects. Elements that have no place there (tables, graphs, arrays of two dimensions), links and
 * what is nested too deep are left out with a warning.
 */
export async function readMapping(
  reader: Hdf5Reader,
  path: string,
  warn: Warn,
  isOmitted: (name: string) => boolean,
): Promise<Record<string, UnsValue>> {
  const leftOut: string[] = [];
  const mapping = await readGroup({ reader, warn, leftOut, seen: new Set() }, path, 0, isOmitted);
  if (leftOut.length > 0) {
    warn(`${path}: left out what is neither text, number nor list: ${leftOut.join(', ')}`);
  }
  return mapping;
}

async function readGroup(
  reading: Reading,
  path: string,
  depth: number,
  isOmitted: (name: string) => boolean = () => false,
): Promise<Record<string, UnsValue>> {
  const { reader, warn, leftOut, seen } = reading;
  if (depth > deepest) throw new UnsupportedElement(path, `nested more than ${deepest} groups deep`);
  const address = reader.addressOf(path);
  if (seen.has(address)) throw new UnsupportedElement(path, 'a group that is there under another name');
  seen.add(address);
  const mapping: Record<string, UnsValue> = Object.create(null);
  for (const name of reader.children(path)) {
    if (isOmitted(name)) continue;
    const child = `${path}/${name}`;
    await readOrLeaveOut(child, warn, async () => {
      const value = await readValue(reading, child, depth);
      if (value === undefined) leftOut.push(child);
      else mapping[name] = value;
    });
  }
  return mapping;
}

async function readValue(reading: Reading, path: string, depth: number): Promise<UnsValue | undefined> {
  const { reader } = reading;
  switch (encodingOf(reader, path).kind) {
    case 'mapping':
      return readGroup(reading, path, depth + 1);
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

async function readList(reader: Hdf5Reader, path: string): Promise<UnsValue | undefined> {
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
