import { closeSync, openSync, readSync } from 'node:fs';
import { FileError } from '../../errors.js';

const signature = Buffer.from('\x89HDF\r\n\x1a\n', 'latin1');

/** Beginnings by which files that are often mistaken for .h5ad are known. */
const others: readonly (readonly [start: string, what: string, remedy: string])[] = [
  ['\x1f\x8b', 'is gzip-compressed as a whole', 'Unpack it first (gunzip)'],
  ['PK\x03\x04', 'is a zip archive', 'Unpack it first, or convert it to .h5ad with anndata'],
  ['%%MatrixMarket', 'is a Matrix Market text file', 'Read it with scanpy.read_mtx and write an .h5ad'],
  ['\x93NUMPY', 'is a numpy array file', 'Build an AnnData from it in Python and write an .h5ad'],
  ['<', 'is a web page or XML, perhaps a failed download', 'Download it again'],
  ['version https://git-lfs', 'is a Git LFS pointer, not the data', 'Fetch the data with git lfs pull'],
];

/**
 * Where HDF5 begins in the file, after bytes of the user's own.
 * @throws FileError where the file at `path` is empty or carries no HDF5 signature (at 0, 512, 1024, 2048, ...)
 */
export function hdf5Start(path: string, size: number): number {
  if (size === 0) throw new FileError(path, 'is empty (0 bytes)', 'Copy or download it again');
  for (let offset = 0; offset < size; offset = Math.max(512, offset * 2)) {
    if (bytesAt(path, offset, signature.length).equals(signature)) return offset;
  }
  const text = bytesAt(path, 0, 32).toString('latin1');
  const known = others.find(([beginning]) => text.startsWith(beginning));
  throw known
    ? new FileError(path, known[1], known[2])
    : new FileError(path, 'is not an HDF5 file', 'Give an .h5ad file as written by anndata or scanpy');
}

function bytesAt(path: string, offset: number, length: number): Buffer {
  const descriptor = openSync(path, 'r');
  try {
    const bytes = Buffer.alloc(length);
    return bytes.subarray(0, readSync(descriptor, bytes, 0, length, offset));
  } finally {
    closeSync(descriptor);
  }
}
