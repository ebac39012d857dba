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
  return withH5ad(path, (file) => {
    const matrices = new Map(file.matrices().map(({ name }) => [name, file.readMatrix(name)]));
    const layers = [...matrices].filter(([name]) => name.startsWith('layers/'));
    const raw = matrices.get('raw/X');
    const data: AnnData = {
      X: matrices.get('X') ?? null,
      obs: file.obs,
      var: file.var,
      layers: new Map(layers.map(([name, matrix]) => [name.slice('layers/'.length), matrix])),
      obsm: file.readObsm(),
      varm: file.readVarm(),
      obsp: file.readObsp(),
      varp: file.readVarp(),
      raw: raw && file.rawVar ? { X: raw, var: file.rawVar } : null,
      uns: file.readUns(),
    };
    const unknown = file.unknownElements().map((element) => `${element} was left out: it has no place here`);
    for (const sentence of [...file.warnings, ...unknown, ...changedTypes(file, matrices)]) warn(sentence);
    return data;
  });
}

function changedTypes(file: H5adFile, matrices: ReadonlyMap<string, Matrix>): string[] {
  return file.matrices().flatMap(({ name, dtype }) => {
    const now = matrices.get(name)?.data instanceof Float64Array ? 'float64' : 'float32';
    return dtype === now ? [] : [`${name}: ${dtype} became ${now}, with the same values`];
  });
}
