import { FileError } from '../../errors.js';
import type { Hdf5Reader } from '../hdf5/reader.js';

/** @throws FileError where the HDF5 file holds something else than one AnnData object, saying what and the way out */
export function refuseOtherLayouts(reader: Hdf5Reader): void {
  const has = (name: string) => reader.kindOf(name) !== null;
  if (
    reader.stringAttribute('/', 'encoding-type') === 'MuData' ||
    (reader.kindOf('mod') === 'group' && !has('X'))
  ) {
    const [modality = 'rna'] = reader.kindOf('mod') === 'group' ? reader.children('mod') : [];
    const remedy = `Write one modality as .h5ad: import mudata; mudata.read(file).mod['${modality}'].write_h5ad('out.h5ad')`;
    throw new FileError(reader.path, 'is a MuData file of several modalities, not an AnnData file', remedy);
  }
  if (has('obs') && has('var')) return;
  if (reader.kindOf('matrix') === 'group') {
    const remedy = "Convert it: import scanpy; scanpy.read_10x_h5(file).write_h5ad('out.h5ad')";
    throw new FileError(reader.path, 'is a 10x Genomics HDF5 file, not an AnnData file', remedy);
  }
  if (has('row_attrs') && has('col_attrs')) {
    const remedy = "Convert it: import scanpy; scanpy.read_loom(file).write_h5ad('out.h5ad')";
    throw new FileError(reader.path, 'is a loom file, not an AnnData file', remedy);
  }
  const missing = ['obs', 'var'].filter((name) => !has(name)).join(' and no ');
  throw new FileError(reader.path, `has no ${missing}, so it is not an AnnData file`, 'Give an .h5ad file');
}

const knownElements: ReadonlySet<string> = new Set(
  'X layers obs var obsm varm obsp varp uns raw raw.X raw.var'.split(' '),
);

/** Paths of what an AnnData object has no place for here: strangers beside its elements, arrays in raw.varm. */
export function unknownElements(reader: Hdf5Reader): string[] {
  const strangers = [...reader.children('/')].filter((name) => !knownElements.has(name));
  const loadings = ['raw/varm', 'raw.varm'].filter((path) => reader.kindOf(path) === 'group');
  return [
    ...strangers.filter((name) => name !== 'raw.varm'),
    ...loadings.flatMap((path) => [...reader.children(path)].map((name) => `${path}/${name}`)),
  ];
}
