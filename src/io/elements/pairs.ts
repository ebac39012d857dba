import type { Matrix } from '../anndata.js';
import type { Hdf5Reader } from '../hdf5/reader.js';
import { encodingOf } from './encoding.js';
import type { Warn } from './frames.js';
import { storedMatrix } from './matrices.js';
import { readOrLeaveOut, UnsupportedElement } from './unsupported.js';

/**
 * The square matrices of obsp or varp, CSC as CSR; what is no matrix, or a link, is left out with a warning.
 * @param length the number of cells (obsp) or genes (varp)
 * @throws FileError where a matrix is damaged or of another size
 */
export async function readPairs(
  reader: Hdf5Reader,
  path: string,
  length: number,
  warn: Warn,
): Promise<Map<string, Matrix>> {
  const pairs = new Map<string, Matrix>();
  if (reader.kindOf(path) !== 'group') return pairs;
  for (const name of reader.children(path)) {
    const child = `${path}/${name}`;
    await readOrLeaveOut(child, warn, async () => {
      const { kind, name: encoding } = encodingOf(reader, child);
      if (kind !== 'csr' && kind !== 'csc' && kind !== 'array') throw new UnsupportedElement(child, encoding);
      pairs.set(name, await storedMatrix(reader, child, child, length, length).readRows(0, length));
    });
  }
  return pairs;
}
