import type { Hdf5Writer } from '../hdf5/writer.js';

/** Says on an element what it is, as the on-disk specification asks of every element. */
export function mark(writer: Hdf5Writer, path: string, type: string, version: string): void {
  writer.attribute(path, 'encoding-type', type);
  writer.attribute(path, 'encoding-version', version);
}

/** An empty mapping (dict), to be filled. */
export function writeMappingGroup(writer: Hdf5Writer, path: string): void {
  writer.group(path);
  mark(writer, path, 'dict', '0.1.0');
}
