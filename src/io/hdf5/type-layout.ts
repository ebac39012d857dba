/*
 * How the bits of a number lie in its bytes, from the datatype message (HDF5 file format specification, IV.A.2.d). h5wasm
 * hands out bytes as they are stored, and a number of 12 bits in two bytes would be taken for another number.
 */

export interface TypeLayout {
  /** Whether a number is an integer that fills its bytes, or one of the float types of IEEE 754; true for what is no number. */
  readonly isUsual: boolean;
  /** Bits of a number that are in use. */
  readonly bits: number;
  /** Of a compound, by name. */
  readonly members: ReadonlyMap<string, TypeLayout>;
}

interface Parsed extends TypeLayout {
  /** Where the message of the type ends. */
  readonly end: number;
  readonly size: number;
}

const none: ReadonlyMap<string, TypeLayout> = new Map();
/** By size: position and length of the exponent, position and length of the mantissa, bias; the sign is the last bit. */
const ieee: ReadonlyMap<number, readonly number[]> = new Map([
  [2, [10, 5, 0, 10, 15]],
  [4, [23, 8, 0, 23, 127]],
  [8, [52, 11, 0, 52, 1023]],
]);
/** The mantissa's highest bit is not stored, since it is set. */
const impliedBit = 2;

/** Bytes that follow the head of a type that holds no other. */
const propertyBytes: Readonly<Record<number, number>> = { 2: 2, 3: 0, 4: 4, 7: 0 };

/** Null for a message that ends too early or is of an unknown kind. */
export function typeLayout(message: Uint8Array): TypeLayout | null {
  try {
    return parse(Buffer.from(message.buffer, message.byteOffset, message.byteLength), 0);
  } catch (error) {
    if (error instanceof RangeError) return null;
    throw error;
  }
}

function parse(message: Buffer, at: number): Parsed {
  const kind = message.readUInt8(at) & 0x0f;
  const version = message.readUInt8(at) >> 4;
  const flags = message.readUIntLE(at + 1, 3);
  const size = message.readUInt32LE(at + 4);
  const properties = at + 8;
  const other = { isUsual: true, bits: size * 8, members: none, size };
  switch (kind) {
    case 0: {
      const [offset, bits] = [message.readUInt16LE(properties), message.readUInt16LE(properties + 2)];
      return { ...other, isUsual: offset === 0 && bits === size * 8, bits, end: properties + 4 };
    }
    case 1: {
      const bits = message.readUInt16LE(properties + 2);
      return { ...other, isUsual: isIeee(message, properties, size, flags), bits, end: properties + 12 };
    }
    case 5:
      return { ...other, end: properties + (flags & 0xff) };
    case 6:
      return { ...other, ...compound(message, properties, version, size, flags & 0xffff) };
    case 8: {
      const base = parse(message, properties);
      let end = base.end;
      for (let n = flags & 0xffff; n > 0; n--) end = nameAt(message, end, version).end;
      return { ...base, end: end + (flags & 0xffff) * base.size };
    }
    case 9:
    case 11:
      return { ...other, end: parse(message, properties).end };
    case 10: {
      const dimensions = message.readUInt8(properties);
      const base = properties + (version < 3 ? 4 + 8 * dimensions : 1 + 4 * dimensions);
      return { ...parse(message, base), size };
    }
    default: {
      const length = propertyBytes[kind];
      if (length === undefined) throw new RangeError(`datatype class ${kind}`);
      return { ...other, end: properties + length };
    }
  }
}

function isIeee(message: Buffer, at: number, size: number, flags: number): boolean {
  const found = [...message.subarray(at + 4, at + 8), message.readUInt32LE(at + 8)];
  const isWhole = message.readUInt16LE(at) === 0 && message.readUInt16LE(at + 2) === size * 8;
  const isVax = (flags & 0x40) !== 0;
  const [norm, sign] = [(flags >> 4) & 3, (flags >> 8) & 0xff];
  return (
    isWhole &&
    !isVax &&
    norm === impliedBit &&
    sign === size * 8 - 1 &&
    found.join() === ieee.get(size)?.join()
  );
}

function compound(message: Buffer, start: number, version: number, size: number, count: number) {
  const members = new Map<string, TypeLayout>();
  let end = start;
  for (let n = 0; n < count; n++) {
    const name = nameAt(message, end, version);
    const member = parse(message, name.end + bytesBeforeMember(version, size));
    members.set(name.text, member);
    end = member.end;
  }
  return { members, end };
}

/** The member's place; in version 1 the dimensions of an array as well. */
function bytesBeforeMember(version: number, size: number): number {
  if (version === 1) return 32;
  return version === 2 ? 4 : Math.floor(Math.log2(size) / 8) + 1;
}

/** Up to version 2 names are filled up to a multiple of eight bytes. */
function nameAt(message: Buffer, at: number, version: number): { text: string; end: number } {
  const zero = message.indexOf(0, at);
  if (zero < 0) throw new RangeError('a name without end');
  const length = zero + 1 - at;
  return {
    text: message.toString('utf8', at, zero),
    end: at + (version < 3 ? Math.ceil(length / 8) * 8 : length),
  };
}
