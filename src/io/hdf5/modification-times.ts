import { rewriteInPlace } from './rewrite-in-place.js';

/*
 * HDF5 notes the second in which an object was made, and h5wasm cannot be told not to: two runs that should give the
 * same bytes would not. The note is a message of type 0x12 and 8 bytes in a version-1 object header (HDF5 file format
 * specification, IV.A.2.s): flags, three reserved bytes, version 1, three reserved bytes, seconds since 1970.
 */
const messageStart = Buffer.from([0x12, 0, 8, 0]);
const messageLength = 16;
const beforeSeconds = Buffer.from([0, 0, 0, 1, 0, 0, 0]);

/** Sets the times that were noted since `since` (milliseconds since 1970) to 1970 in a closed file. */
export function clearModificationTimes(path: string, since: number): void {
  const [earliest, latest] = [Math.floor(since / 1000), Math.ceil(Date.now() / 1000)];
  rewriteInPlace(path, messageStart, messageLength, (found) => {
    if (found.length < messageLength || !found.subarray(5, 12).equals(beforeSeconds)) return null;
    const seconds = found.readUInt32LE(12);
    if (seconds < earliest || seconds > latest) return null;
    return Buffer.concat([found.subarray(0, 12), Buffer.alloc(4)]);
  });
}
