import type { Metadata } from 'h5wasm/node';
import type { Hdf5Library } from './library.js';
import type { TypeLayout } from './type-layout.js';

export type NumberType =
  | 'int8'
  | 'int16'
  | 'int32'
  | 'int64'
  | 'uint8'
  | 'uint16'
  | 'uint32'
  | 'uint64'
  | 'float32'
  | 'float64'
  | 'bool';

export type StoredType = NumberType | 'string' | 'compound' | 'other';

/** A member of a compound: a table's column, one or `length` values a row. */
export interface MemberInfo {
  readonly name: string;
  readonly offset: number;
  readonly length: number;
  readonly element: ElementInfo;
}

export interface ElementInfo {
  readonly type: StoredType;
  /** The type as a person would call it, also where it cannot be read: "float16", "reference". */
  readonly typeName: string;
  /** Bytes of one value. */
  readonly size: number;
  /** Strings only: of variable length, kept elsewhere in the file; padded with spaces. */
  readonly variableLength: boolean;
  readonly spacePadded: boolean;
  readonly littleEndian: boolean;
  /** Compounds only. */
  readonly members: readonly MemberInfo[];
}

export interface DatasetInfo extends ElementInfo {
  /** Empty for a scalar; null where the dataset holds nothing at all (an HDF5 null dataspace). */
  readonly shape: readonly number[] | null;
  readonly chunks: readonly number[] | null;
  /** Filled from other datasets or files, which is never followed. */
  readonly virtual: boolean;
}

/** @param layout of the dataset's type, asked for where there are numbers in it; null where it cannot be told */
export function datasetInfo(
  library: Hdf5Library,
  metadata: Metadata,
  layout: () => TypeLayout | null,
): DatasetInfo {
  const { H5T_INTEGER, H5T_FLOAT, H5T_ENUM, H5T_COMPOUND } = library.H5T_class_t;
  const ofNumbers: readonly number[] = [H5T_INTEGER, H5T_FLOAT, H5T_ENUM, H5T_COMPOUND].map((t) => t.value);
  return {
    ...elementInfo(library, metadata, ofNumbers.includes(metadata.type) ? layout() : null),
    shape: metadata.shape,
    chunks: metadata.chunks,
    virtual: (metadata.virtual_sources?.length ?? 0) > 0,
  };
}

function elementInfo(library: Hdf5Library, metadata: Metadata, layout: TypeLayout | null): ElementInfo {
  const [type, typeName] = readableType(storedType(library, metadata), layout);
  const members = type === 'compound' ? (metadata.compound_type?.members ?? []) : [];
  return {
    type,
    typeName,
    size: metadata.size,
    variableLength: metadata.vlen,
    spacePadded: metadata.strpad === 2,
    littleEndian: metadata.littleEndian || metadata.size === 1,
    members: members.map((member) => ({
      name: member.name,
      offset: member.offset,
      length: (member.array_type?.shape ?? []).reduce((product, n) => product * n, 1),
      element: elementInfo(library, member.array_type ?? member, layout?.members.get(member.name) ?? null),
    })),
  };
}

/** Bytes are read as they lie, so a number of any other layout than the usual would be read as another number. */
function readableType([type, name]: StoredName, layout: TypeLayout | null): StoredName {
  if (!isNumberType(type) || layout?.isUsual) return [type, name];
  if (layout === null) return ['other', `${name} of a layout that cannot be told`];
  const isFloat = type === 'float32' || type === 'float64';
  return ['other', isFloat ? `${name} of another layout than IEEE 754's` : `${name} of ${layout.bits} bits`];
}

type StoredName = [type: StoredType, name: string];

function storedType(library: Hdf5Library, metadata: Metadata): StoredName {
  const { H5T_INTEGER, H5T_FLOAT, H5T_STRING, H5T_ENUM, H5T_COMPOUND } = library.H5T_class_t;
  switch (metadata.type) {
    case H5T_INTEGER.value:
      return integerType(metadata.size, metadata.signed);
    case H5T_FLOAT.value: {
      const name = `float${metadata.size * 8}`;
      return name === 'float32' || name === 'float64' ? [name, name] : ['other', name];
    }
    case H5T_STRING.value:
      return ['string', 'string'];
    case H5T_ENUM.value: {
      const names = Object.keys(metadata.enum_type?.members ?? {}).sort();
      const boolean = metadata.size === 1 && names.join() === 'FALSE,TRUE';
      return boolean ? ['bool', 'bool'] : ['other', 'enumeration'];
    }
    case H5T_COMPOUND.value:
      return isComplex(library, metadata) ? ['other', `complex${metadata.size * 8}`] : ['compound', 'table'];
    default:
      return ['other', `HDF5 type class ${metadata.type}`];
  }
}

/** As h5py writes it: a real and an imaginary float, and nothing else. */
function isComplex(library: Hdf5Library, metadata: Metadata): boolean {
  const members = metadata.compound_type?.members ?? [];
  const areFloats = members.every(({ type }) => type === library.H5T_class_t.H5T_FLOAT.value);
  return areFloats && members.map(({ name }) => name).join() === 'r,i';
}

function integerType(size: number, signed: boolean): StoredName {
  const name = `${signed ? 'int' : 'uint'}${size * 8}`;
  return isIntegerType(name) ? [name, name] : ['other', name];
}

function isIntegerType(name: string): name is Exclude<NumberType, 'float32' | 'float64' | 'bool'> {
  return /^u?int(8|16|32|64)$/.test(name);
}

export function isNumberType(type: StoredType): type is NumberType {
  return type !== 'string' && type !== 'compound' && type !== 'other';
}

export function isIntegral(type: NumberType): boolean {
  return type !== 'float32' && type !== 'float64' && type !== 'bool';
}
