import type { Column } from '../anndata.js';
import { isIntegral, isNumberType, type MemberInfo } from '../hdf5/dataset-info.js';
import { decodeNumbers } from '../hdf5/numbers.js';
import type { Hdf5Reader } from '../hdf5/reader.js';
import { decodeString } from '../hdf5/strings.js';
import { UnsupportedElement } from './unsupported.js';

/**
 * A column of a compound dataset, which is how anndata before 0.7 wrote obs, var and obsm.
 * @throws UnsupportedElement for a member of another type than text or numbers
 */
export function readTableColumn(reader: Hdf5Reader, path: string, member: MemberInfo): Column {
  const { element } = member;
  if (member.length !== 1) throw new UnsupportedElement(`${path}[${member.name}]`, 'of several values a row');
  if (element.type === 'string') return { kind: 'string', values: readTableStrings(reader, path, member) };
  const values = readTableNumbers(reader, path, member);
  if (element.type === 'bool') return { kind: 'boolean', values: Array.from(values, (value) => value !== 0) };
  return { kind: 'numeric', values, integer: isNumberType(element.type) && isIntegral(element.type) };
}

/** The numbers of one member, rows x member.length. */
export function readTableNumbers(reader: Hdf5Reader, path: string, member: MemberInfo): Float64Array {
  const { type, typeName, size, littleEndian } = member.element;
  if (!isNumberType(type) || !littleEndian) {
    throw new UnsupportedElement(
      `${path}[${member.name}]`,
      `of type ${typeName}${littleEndian ? '' : ' (big-endian)'}`,
    );
  }
  const rows = tableRows(reader, path);
  const values = new Float64Array(rows * member.length);
  const width = size * member.length;
  forEachRow(reader, path, (bytes, at, row) => {
    // Copied, because a member need not lie at a multiple of its size.
    const own = bytes.slice(at + member.offset, at + member.offset + width);
    decodeNumbers(own, type, values, row * member.length);
  });
  return values;
}

export function tableRows(reader: Hdf5Reader, path: string): number {
  const { shape } = reader.info(path);
  if (shape?.length !== 1) throw reader.fault(path, 'is a table of other than one dimension');
  return shape[0]!;
}

function readTableStrings(reader: Hdf5Reader, path: string, member: MemberInfo): string[] {
  const values: string[] = [];
  forEachRow(reader, path, (bytes, at) => {
    values.push(decodeString(reader, bytes, at + member.offset, member.element));
  });
  return values;
}

const sliceRows = 2 ** 14;

function forEachRow(
  reader: Hdf5Reader,
  path: string,
  visit: (bytes: Uint8Array, at: number, row: number) => void,
): void {
  const rows = tableRows(reader, path);
  const { size } = reader.info(path);
  for (let start = 0; start < rows; start += sliceRows) {
    const count = Math.min(sliceRows, rows - start);
    reader.readBlock(path, [start], [count], (bytes) => {
      for (let i = 0; i < count; i++) visit(bytes, i * size, start + i);
    });
  }
}
