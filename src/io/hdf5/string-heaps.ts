import { closeSync, openSync, readSync } from 'node:fs';
import { FileError } from '../../errors.js';

/*
 * HDF5 keeps variable-length strings in "global heap collections": a header (signature, version, size), then objects
 * one after another (HDF5 file format specification, III.E). A damaged object size sends the HDF5 library into an
 * endless loop, h5py as well, so the collections are walked here first.
 */

/** Signature, version 1, three reserved bytes. */
const collectionStart = Buffer.from('GCOL\x01\0\0\0', 'latin1');
const headerLength = 16;
/** Collections grow to the size of the largest string; more than this is taken for something else. */
const longestCollection = 2 ** 26;
/** Finding collections means reading the file once. Beyond this size that is left out. */
const largestScan = 2 ** 30;
const blockLength = 2 ** 23;

/** @throws FileError where a heap of strings is damaged in a way on which the HDF5 library would never return */
export function refuseDamagedHeaps(path: string, size: number): void {
  if (size > largestScan) return;
  const file = openSync(path, 'r');
  try {
    const block = Buffer.alloc(blockLength + headerLength - 1);
    for (let position = 0; position < size; position += blockLength) {
      const bytes = block.subarray(0, readSync(file, block, 0, block.length, position));
      for (let at = bytes.indexOf(collectionStart); at >= 0; at = bytes.indexOf(collectionStart, at + 1)) {
        if (at + headerLength > bytes.length) break;
        const length = Number(bytes.readBigUInt64LE(at + 8));
        if (length < headerLength || length > longestCollection || position + at + length > size) continue;
        const collection = Buffer.alloc(length);
        readSync(file, collection, 0, length, position + at);
        if (!isSound(collection)) {
          throw new FileError(path, 'is damaged where it keeps its text', 'Copy or download the file again');
        }
      }
    }
  } finally {
    closeSync(file);
  }
}

/** Whether the objects of a collection fill it without a gap. */
function isSound(collection: Buffer): boolean {
  let at = headerLength;
  while (at + headerLength <= collection.length) {
    const isFree = collection.readUInt16LE(at) === 0;
    const size = Number(collection.readBigUInt64LE(at + 8));
    // The size of free space counts its own header, that of an object does not.
    const step = isFree ? size : headerLength + Math.ceil(size / 8) * 8;
    if (step < headerLength || step > collection.length - at) return false;
    at += step;
  }
  return true;
}
