import { DataError } from '../../errors.js';
import type { UnsValue } from '../anndata.js';
import type { Hdf5Writer } from '../hdf5/writer.js';
import { writeStringArray } from './frame-writer.js';
import { mark, writeMappingGroup } from './mark.js';

/**
 * Writes `uns` or a mapping within it, in the order of the names: that is how it is read, so that what is read and written
 * again has the same bytes.
 * @throws DataError for a key that HDF5 cannot hold
 */
export async function writeMapping(
  writer: Hdf5Writer,
  path: string,
  mapping: { readonly [key: string]: UnsValue },
): Promise<void> {
  writeMappingGroup(writer, path);
  for (const key of Object.keys(mapping).sort()) {
    if (key.includes('/')) throw new DataError(`${path} key ${key}`, 'contains a slash', 'Rename the key');
    await writeValue(writer, `${path}/${key}`, mapping[key]);
    await writer.hasRoom();
  }
}

async function writeValue(writer: Hdf5Writer, path: string, value: UnsValue): Promise<void> {
  if (typeof value === 'string') {
    writer.strings(path, value);
    mark(writer, path, 'string', '0.2.0');
  } else if (typeof value === 'number') {
    writer.scalar(path, value);
    mark(writer, path, 'numeric-scalar', '0.2.0');
  } else if (typeof value === 'boolean') {
    writer.booleanValues(path, value);
    mark(writer, path, 'numeric-scalar', '0.2.0');
  } else if (isNumbers(value)) {
    writer.array(path, value, [value.length]);
    mark(writer, path, 'array', '0.2.0');
  } else if (isStrings(value)) {
    writeStringArray(writer, path, value);
  } else {
    await writeMapping(writer, path, value);
  }
}

function isNumbers(value: object): value is Float32Array | Float64Array | Int32Array {
  return ArrayBuffer.isView(value);
}

function isStrings(value: UnsValue): value is readonly string[] {
  return Array.isArray(value);
}
