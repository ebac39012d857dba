import type { AnnData, Matrix } from './anndata.js';
import { withH5ad } from './h5ad-file.js';

/**
 * All of an .h5ad in memory. For files larger than that, `openH5ad` reads by rows.
 * @throws FileError where the file is missing, damaged or no AnnData file
 */
export function readH5ad(path: string): Promise<AnnData> {
  return withH5ad(path, (file) => {
    const names = file.matrices().map(({ name }) => name);
    const layers = new Map<string, Matrix>();
    for (const name of names) {
      if (name.startsWith('layers/')) layers.set(name.slice('layers/'.length), file.readMatrix(name));
    }
    return {
      X: names.includes('X') ? file.readMatrix('X') : null,
      obs: file.obs,
      var: file.var,
      layers,
      obsm: file.readObsm(),
      varm: file.readVarm(),
      raw: names.includes('raw/X') && file.rawVar ? { X: file.readMatrix('raw/X'), var: file.rawVar } : null,
      uns: file.readUns(),
    };
  });
}
