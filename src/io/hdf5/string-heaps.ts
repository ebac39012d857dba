/*
 * HDF5 keeps variable-length strings in "global heap collections": a header (signature, version, size), then objects
 * one after another (HDF5 file format specification, III.E). A damaged object size sends the HDF5 library into an
 * endless loop, h5py as well, so a collection is walked here before the library gets to see it.
 */

/** Signature, version 1, three reserved bytes. */
const collectionStart = Buffer.from('GCOL\x01\0\0\0', 'latin1');
const headerLength = 16;
const windowLength = 2 ** 16;

/** Whether bytes that the library has just read begin a collection: it reads each one from its start. */
export function beginsCollection(bytes: Buffer): boolean {
  return bytes.length >= headerLength && bytes.subarray(0, collectionStart.length).equals(collectionStart);
}

/**
 * Whether the objects of a collection fill it without a gap.
 * @param start the first bytes of the collection
 * @param readOn fills bytes from a place within the collection and returns how many there are
 */
export function isSoundCollection(start: Buffer, readOn: (bytes: Buffer, at: number) => number): boolean {
  const length = Number(start.readBigUInt64LE(8));
  if (length < headerLength) return false;
  let [window, from] = [start, 0];
  for (let at = headerLength; at + headerLength <= length; ) {
    if (at + headerLength > from + window.length) {
      const bytes = Buffer.alloc(Math.min(windowLength, length - at));
      [window, from] = [bytes.subarray(0, readOn(bytes, at)), at];
      if (window.length < headerLength) return false;
    }
    const isFree = window.readUInt16LE(at - from) === 0;
    const size = Number(window.readBigUInt64LE(at - from + 8));
    // The size of free space counts its own header, that of an object does not.
    const step = isFree ? size : headerLength + Math.ceil(size / 8) * 8;
    if (step < headerLength || step > length - at) return false;
    at += step;
  }
  return true;
}
