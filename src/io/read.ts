import type { AnnData, Matrix } from './anndata.js';
import type { Warn } from './elements/frames.js';
import { type H5adFile, withH5ad } from './h5ad-file.js';

/**
 * All of an .h5ad in memory. For files larger than that, `openH5ad` reads by rows. Values of matrices become float32,
 * or float64 where float32 would change one; CSC becomes CSR.
 * @param warn takes a sentence about each thing that was mended, left out or changed in type
 * @throws FileError where the file is missing, damaged or no AnnData file
 */
export function readH5ad(path: string, warn: Warn = () => undefined): Promise<AnnData> {
  return withH5ad(path, async (file) => {
    const matrices = new Map<string, Matrix>();
    for (const { name } of file.matrices()) matrices.set(name, await file.readMatrix(name));
    const layers = [...matrices].filter(([name]) => name.startsWith('layers/'));
    const raw = matrices.get('raw/X');
    const data: AnnData = {
      X: matrices.get('X') ?? null,
      layers: new Map(layers.map(([name, matrix]) => [name.slice('layers/'.length), matrix])),
      raw: raw && file.rawVar ? { X: raw, var: file.rawVar } : null,
      ...(await readAnnotation(file)),
    };
    const isWide = (name: string) => matrices.get(name)?.data instanceof Float64Array;
    for (const sentence of readingRemarks(file, isWide)) warn(sentence);
    return data;
  });
}

/** All of a file but its matrices of cells x genes. */
export type FileAnnotation = Omit<AnnData, 'X' | 'layers' | 'raw'>;

export async function readAnnotation(file: H5adFile): Promise<FileAnnotation> {
  return {
    obs: file.obs,
    var: file.var,
    obsm: await file.readObsm(),
    varm: await file.readVarm(),
    obsp: await file.readObsp(),
    varp: await file.readVarp(),
    uns: await file.readUns(),
  };
}

/** What was mended, left out or changed in type while a whole file was read, a sentence each. */
export function readingRemarks(file: H5adFile, isWide: (matrix: string) => boolean): string[] {
  const unknown = file.unknownElements().map((element) => `${element} was left out: it has no place here`);
  const changed = file.matrices().flatMap(({ name, dtype }) => {
    const now = isWide(name) ? 'float64' : 'float32';
    return dtype === now ? [] : [`${name}: ${dtype} became ${now}, with the same values`];
  });
  return [...file.warnings, ...unknown, ...changed];
}
