import { rewriteInPlace } from './rewrite-in-place.js';

/*
 * h5wasm cannot write HDF5's booleans, which h5py and anndata expect as an enumeration {FALSE, TRUE} of one byte.
 * So a boolean is written as a compound of one byte, whose stored values are the same bytes, and its type is
 * rewritten in the closed file. Both are version-1 datatype messages (HDF5 file format specification, IV.A.2.d),
 * the enumeration is the shorter one, and object headers of that age carry no checksum.
 */

/** The placeholder, as h5wasm names types. */
export const placeholderName = '__bool__';
export const placeholderDtype: [string, string][] = [[placeholderName, '<b']];

const nameFieldLength = 16;
/** name field, byte offset, dimensionality and reserved, permutation, reserved, four dimension sizes, member type. */
const placeholderLength = 8 + nameFieldLength + 4 + 4 + 4 + 4 + 16 + 12;
/** Class 6 (compound) version 1, one member, one byte. */
const placeholderStart = Buffer.concat([
  Buffer.from([0x16, 1, 0, 0, 1, 0, 0, 0]),
  Buffer.from(placeholderName.padEnd(nameFieldLength, '\0')),
]);

/** Class 0 (integer) version 1, signed, one byte, bits 0 to 8. */
const int8Type = Buffer.from([0x10, 8, 0, 0, 1, 0, 0, 0, 0, 0, 8, 0]);
const enumeration = Buffer.concat([
  // Class 8 (enumeration) version 1, two members, one byte.
  Buffer.from([0x18, 2, 0, 0, 1, 0, 0, 0]),
  int8Type,
  Buffer.from('FALSE\0\0\0TRUE\0\0\0\0'),
  Buffer.from([0, 1]),
]);
const replacement = Buffer.concat([enumeration, Buffer.alloc(placeholderLength - enumeration.length)]);

/** Turns every placeholder type in the closed HDF5 file at `path` into the boolean type; returns how many there were. */
export function rewriteBooleanTypes(path: string): number {
  return rewriteInPlace(path, placeholderStart, placeholderStart.length, () => replacement);
}
