import type { Hdf5Reader } from '../hdf5/reader.js';

/** What an element of an .h5ad is, whatever version of anndata wrote it. */
export type ElementKind =
  | 'csr'
  | 'csc'
  | 'array'
  | 'string-array'
  | 'string'
  | 'scalar'
  | 'categorical'
  | 'nullable'
  | 'nullable-string'
  | 'dataframe'
  | 'mapping'
  | 'table'
  | 'legacy-categorical'
  | 'null'
  | 'other';

/** The registry of anndata's on-disk specification: (encoding-type, encoding-version) and what it is. */
const specified: ReadonlyMap<string, ElementKind> = new Map([
  ['csr_matrix 0.1.0', 'csr'],
  ['csc_matrix 0.1.0', 'csc'],
  ['array 0.2.0', 'array'],
  ['string-array 0.2.0', 'string-array'],
  ['string 0.2.0', 'string'],
  ['numeric-scalar 0.2.0', 'scalar'],
  ['categorical 0.2.0', 'categorical'],
  ['nullable-integer 0.1.0', 'nullable'],
  ['nullable-boolean 0.1.0', 'nullable'],
  ['nullable-string-array 0.1.0', 'nullable-string'],
  ['dataframe 0.1.0', 'dataframe'],
  ['dataframe 0.2.0', 'dataframe'],
  ['dict 0.1.0', 'mapping'],
  ['rec-array 0.2.0', 'table'],
  ['null 0.1.0', 'null'],
]);

export interface Encoding {
  readonly kind: ElementKind;
  /** For messages: 'awkward-array 0.1.0', or what the element looks like where nothing is written on it. */
  readonly name: string;
  /** The kind is known, but not in so new a version. */
  readonly isNewer: boolean;
}

/** What to do about an encoding that is newer than this reader. */
export const remedyForNewer = 'Update cellcrate, or write the file again with an older version of anndata';

/** What lies at `path`, by its encoding attributes or, in files that predate them, by its looks. @throws LinkError for a link */
export function encodingOf(reader: Hdf5Reader, path: string): Encoding {
  // Asked first, since it refuses a link.
  const node = reader.kindOf(path);
  if (node === null) return { kind: 'other', name: 'neither a group nor an array', isNewer: false };
  const type = reader.stringAttribute(path, 'encoding-type');
  if (type !== undefined && type !== '') {
    const version = reader.stringAttribute(path, 'encoding-version') ?? '';
    const name = `${type} ${version}`.trim();
    const kind = specified.get(name);
    if (kind !== undefined) return { kind, name, isNewer: false };
    const isNewer = isNewerThanKnown(type, version);
    return { kind: 'other', name: isNewer ? `${name}, newer than this reader knows` : name, isNewer };
  }
  const kind = node === 'group' ? unmarkedGroup(reader, path) : unmarkedDataset(reader, path);
  return {
    kind,
    name: `an unmarked ${kind === 'other' ? typeName(reader, path) : kind}`,
    isNewer: false,
  };
}

function isNewerThanKnown(type: string, version: string): boolean {
  const known = [...specified.keys()].filter((name) => name.startsWith(`${type} `));
  const own = known.map((name) => name.slice(type.length + 1));
  const order = new Intl.Collator('en', { numeric: true });
  return own.length > 0 && own.every((one) => order.compare(version, one) > 0);
}

function unmarkedGroup(reader: Hdf5Reader, path: string): ElementKind {
  const format = reader.stringAttribute(path, 'h5sparse_format');
  if (format === 'csr' || format === 'csc') return format;
  const children = reader.children(path);
  if (children.has('data') && children.has('indices') && children.has('indptr')) return 'csr';
  if (children.has('categories') && children.has('codes')) return 'categorical';
  if (children.has('values') && children.has('mask')) return 'nullable';
  if (reader.attribute(path, 'column-order') !== undefined || children.has('__categories'))
    return 'dataframe';
  return 'mapping';
}

function unmarkedDataset(reader: Hdf5Reader, path: string): ElementKind {
  const { shape, type } = reader.info(path);
  if (shape === null) return 'null';
  if (type === 'compound') return 'table';
  if (type === 'other') return 'other';
  // anndata 0.7 wrote a column's codes as an array, with a reference to its categories beside.
  if (reader.hasAttribute(path, 'categories')) return 'legacy-categorical';
  if (type === 'string') return shape.length === 0 ? 'string' : 'string-array';
  return shape.length === 0 ? 'scalar' : 'array';
}

function typeName(reader: Hdf5Reader, path: string): string {
  return reader.kindOf(path) === 'dataset' ? `array of type ${reader.info(path).typeName}` : 'group';
}
