/*
 * An object header is a list of messages in one block of the file or several (HDF5 file format specification, IV.A).
 * h5wasm tells of a datatype message its class and size alone, and of a layout nothing that we could write, so these are found here.
 */

const datatype = 0x03;
const layout = 0x08;
const filters = 0x0b;
const continuation = 0x10;
const isShared = 0x02;
/** Of a shared message: it stands in the header of a committed datatype. */
const committed = 2;
/** The messages of a header fit into 64 KiB each, and few are long. */
const longestBlock = 2 ** 22;

interface Message {
  readonly type: number;
  readonly flags: number;
  readonly body: Buffer;
  /** Where the body lies in the file. */
  readonly at: number;
}

/** Reads from a place in the file, counted from where HDF5 begins; fewer bytes than asked for at the end of the file. */
export type BytesAt = (position: number, length: number) => Uint8Array;

interface OpenFile {
  readonly bytesAt: (position: number, length: number) => Buffer;
  /** Bytes of an address and of a length. */
  readonly addressBytes: number;
  readonly lengthBytes: number;
}

/** The datatype message of the object whose header lies at `address`; null where there is none that can be followed. */
export function datatypeMessage(read: BytesAt, address: number): Uint8Array | null {
  return inFile(read, (file) => findDatatype(file, address));
}

/** How a dataset's values lie in the file, and where the file says so; null where there is no such message. */
export function layoutMessage(
  read: BytesAt,
  address: number,
): { readonly body: Buffer; readonly at: number } | null {
  return inFile(read, (file) => messages(file, address).find(({ type }) => type === layout) ?? null);
}

/**
 * The layout of a dataset and the filters that its chunks went through; null where either lacks or lies elsewhere, or addresses are not of
 * eight bytes.
 */
export function storageMessages(
  read: BytesAt,
  address: number,
): { readonly layout: Buffer; readonly filters: Buffer } | null {
  return inFile(read, (file) => {
    if (file.addressBytes !== 8 || file.lengthBytes !== 8) return null;
    const all = messages(file, address);
    const [laid, filtered] = [layout, filters].map((kind) => all.find(({ type }) => type === kind));
    if (laid === undefined || filtered === undefined || (laid.flags | filtered.flags) & isShared) return null;
    return { layout: laid.body, filters: filtered.body };
  });
}

/** Null where a header ends too early. */
function inFile<T>(read: BytesAt, find: (file: OpenFile) => T): T | null {
  const bytesAt = (position: number, length: number) => {
    const bytes = read(position, length);
    return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  };
  try {
    const superblock = bytesAt(0, 16);
    const sizesAt = superblock.readUInt8(8) < 2 ? 13 : 9;
    const [addressBytes, lengthBytes] = superblock.subarray(sizesAt);
    return find({ bytesAt, addressBytes: addressBytes!, lengthBytes: lengthBytes! });
  } catch (error) {
    if (error instanceof RangeError) return null;
    throw error;
  }
}

function findDatatype(file: OpenFile, address: number, isOfDataset = true): Buffer | null {
  const found = messages(file, address).find(({ type }) => type === datatype);
  if (found === undefined || !(found.flags & isShared)) return found?.body ?? null;
  const [version, kind] = found.body;
  const isCommitted = isOfDataset && (version === 2 || version === 3) && kind === committed;
  if (!isCommitted) return null;
  return findDatatype(file, found.body.readUIntLE(2, Math.min(file.addressBytes, 6)), false);
}

/** Version 2 has a signature and a shorter message head, and its blocks end with a checksum. */
function messages(file: OpenFile, address: number): Message[] {
  const prefix = file.bytesAt(address, 64);
  return prefix.toString('latin1', 0, 4) === 'OHDR'
    ? messagesOfVersion2(file, address, prefix)
    : messagesOfVersion1(file, address, prefix);
}

function messagesOfVersion1(file: OpenFile, address: number, prefix: Buffer): Message[] {
  const first = { at: address + 16, length: prefix.readUInt32LE(8) };
  return messagesOfBlocks(file, first, 0, (block, at) => ({
    type: block.readUInt16LE(at),
    length: block.readUInt16LE(at + 2),
    flags: block.readUInt8(at + 4),
    head: 8,
  }));
}

function messagesOfVersion2(file: OpenFile, address: number, prefix: Buffer): Message[] {
  const flags = prefix.readUInt8(5);
  const sizeAt = 6 + (flags & 0x20 ? 16 : 0) + (flags & 0x10 ? 4 : 0);
  const sizeBytes = 2 ** (flags & 3);
  const length = prefix.readUIntLE(sizeAt, Math.min(sizeBytes, 6));
  const first = { at: address + sizeAt + sizeBytes, length };
  return messagesOfBlocks(file, first, 4, (block, at) => ({
    type: block.readUInt8(at),
    length: block.readUInt16LE(at + 1),
    flags: block.readUInt8(at + 3),
    head: flags & 4 ? 6 : 4,
  }));
}

/** @param frame bytes of the signature, and of the checksum, of all blocks but the first */
function messagesOfBlocks(
  file: OpenFile,
  first: { readonly at: number; readonly length: number },
  frame: number,
  headAt: (block: Buffer, at: number) => { type: number; length: number; flags: number; head: number },
): Message[] {
  const found: Message[] = [];
  const blocks = [first];
  const seen = new Set<number>();
  for (const { at: address, length } of blocks) {
    if (seen.has(address) || length > longestBlock) continue;
    seen.add(address);
    const block = file.bytesAt(address, length);
    // At the end there may be a gap too short for a message.
    for (let at = 0; at + 8 <= block.length; ) {
      const { type, length: bodyLength, flags, head } = headAt(block, at);
      const body = block.subarray(at + head, at + head + bodyLength);
      found.push({ type, flags, body, at: address + at + head });
      if (type === continuation) blocks.push(continued(file, body, frame));
      at += head + bodyLength;
    }
  }
  return found;
}

function continued({ addressBytes, lengthBytes }: OpenFile, body: Buffer, frame: number) {
  const at = body.readUIntLE(0, Math.min(addressBytes, 6));
  const length = body.readUIntLE(addressBytes, Math.min(lengthBytes, 6));
  return { at: at + frame, length: length - 2 * frame };
}
