import { createHash } from 'node:crypto';
import type { Column, DataFrame, Matrix } from '../../src/io/anndata.js';
import { withH5ad } from '../../src/io/h5ad-file.js';

/** What a reader finds in a file, its numbers and texts as the digests of reference/fixture_contents.py. */
export interface Contents {
  /** Who read it: anndata, h5py element by element, or nobody but us. */
  readonly by: 'anndata' | 'h5py' | 'neither' | 'cellcrate';
  readonly cells?: number;
  readonly genes?: number;
  readonly matrices?: Readonly<Record<string, string>>;
  readonly names?: Readonly<Record<string, string>>;
  readonly columns?: Readonly<Record<string, Readonly<Record<string, string>>>>;
}

/** All of a file as `readH5ad` reads it. @throws FileError as that does */
export function contentsOf(path: string): Promise<Contents> {
  return withH5ad(path, async (file) => {
    const matrices: [string, string][] = [];
    for (const { name } of file.matrices()) {
      matrices.push([name, matrixDigest(await file.readMatrix(name))]);
    }
    await file.readObsm();
    await file.readVarm();
    await file.readUns();
    const frames = { obs: file.obs, var: file.var };
    return {
      by: 'cellcrate',
      ...file.shape,
      matrices: Object.fromEntries(matrices),
      names: mapFrames(frames, ({ index }) => textsDigest(index)),
      columns: mapFrames(frames, columnDigests),
    };
  });
}

/** What `found` lacks or has otherwise, by name. */
export function differences(expected: Contents, found: Contents): string[] {
  const flat = ({ cells, genes, matrices, names, columns }: Contents): [string, unknown][] => [
    ['cells', cells],
    ['genes', genes],
    ...Object.entries(matrices ?? {}),
    ...Object.entries(names ?? {}).map(([frame, value]): [string, unknown] => [`names of ${frame}`, value]),
    ...Object.entries(columns ?? {}).flatMap(([frame, own]) =>
      Object.entries(own).map(([column, value]): [string, unknown] => [`${frame}/${column}`, value]),
    ),
  ];
  const ours = new Map(flat(found));
  return flat(expected).flatMap(([name, value]) => (ours.get(name) === value ? [] : [name]));
}

function mapFrames<T>(frames: Record<string, DataFrame>, change: (frame: DataFrame) => T): Record<string, T> {
  return Object.fromEntries(Object.entries(frames).map(([name, frame]) => [name, change(frame)]));
}

/** Offsets, column numbers and values of what is not zero. */
function matrixDigest(matrix: Matrix): string {
  const { rows, cols } = matrix;
  const indptr = new Float64Array(rows + 1);
  const indices: number[] = [];
  const data: number[] = [];
  for (let row = 0; row < rows; row++) {
    const [from, to] =
      matrix.format === 'csr' ? [matrix.indptr[row], matrix.indptr[row + 1]] : [row * cols, (row + 1) * cols];
    for (let k = from; k < to; k++) {
      if (matrix.data[k] === 0) continue;
      indices.push(matrix.format === 'csr' ? matrix.indices[k] : k - from);
      data.push(matrix.data[k]);
    }
    indptr[row + 1] = indices.length;
  }
  return digest(bytes(indptr), bytes(Int32Array.from(indices)), bytes(Float64Array.from(data)));
}

function columnDigests({ columns }: DataFrame): Record<string, string> {
  return Object.fromEntries([...columns].map(([name, column]) => [name, columnDigest(column)]));
}

function columnDigest(column: Column): string {
  switch (column.kind) {
    case 'numeric':
      return digest(bytes(column.values));
    case 'categorical':
      return textsDigest(Array.from(column.codes, (code) => column.categories[code] ?? null));
    case 'boolean':
      return textsDigest(column.values.map((value) => (value === null ? null : String(value))));
    case 'string':
      return textsDigest(column.values);
  }
}

const textsDigest = (values: readonly (string | null)[]): string =>
  digest(Buffer.from(values.map((value) => value ?? '\0').join('\n')));

function digest(...parts: readonly Uint8Array[]): string {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part);
  return hash.digest('hex').slice(0, 24);
}

const bytes = (array: Float64Array | Int32Array): Uint8Array =>
  new Uint8Array(array.buffer, array.byteOffset, array.byteLength);
