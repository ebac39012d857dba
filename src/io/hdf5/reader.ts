import type { File } from 'h5wasm/node';
import { FileError } from '../../errors.js';
import { readableFileSize } from '../file-problem.js';
import { shortName } from '../short-name.js';
import { type DatasetInfo, datasetInfo, isNumberType } from './dataset-info.js';
import { describeHdf5Failure } from './failure.js';
import { DamagedHeap, StrangeFile } from './file-access.js';
import { GzipChunks, ShortChunk } from './gzip-chunks.js';
import { type Hdf5, type Hdf5Library, leaveAfterCrash, loadHdf5 } from './library.js';
import { LinkError } from './link-error.js';
import { datatypeMessage } from './object-header.js';
import { hdf5Start } from './signature.js';
import { type TypeLayout, typeLayout } from './type-layout.js';

export type NodeKind = 'group' | 'dataset';
export type AttributeValue = string | number | boolean | readonly (string | number | boolean)[];

/** Values asked of the library at once; its memory ends at 2 GiB. */
const sliceLength = 2 ** 22;

/** Deflate cannot shrink further than this, so a dataset that claims more than this times the file is a lie. */
const greatestCompression = 1032;
const alwaysPlausibleBytes = 2 ** 28;

/**
 * An HDF5 file opened for reading, with every question checked: links out of the file are refused, sizes that the
 * file cannot hold are refused before memory is taken, and failures are FileErrors in one sentence.
 */
export class Hdf5Reader {
  private readonly listings = new Map<string, ReadonlySet<string>>();
  private readonly attributeNames = new Map<string, ReadonlySet<string>>();
  private readonly infos = new Map<string, DatasetInfo>();
  private readonly chunks = new Map<string, GzipChunks | 'otherwise'>();
  private readonly library: Hdf5Library;
  private isOpen = true;

  private constructor(
    /** The file's path, as given. */
    readonly path: string,
    private readonly size: number,
    private readonly hdf5: Hdf5,
    private readonly file: File,
    /** Where the file's own stream stands among those that the library has opened. */
    private readonly stream: { readonly after: number; readonly until: number },
    /** Where HDF5 begins in the file. */
    private readonly start: number,
  ) {
    this.library = hdf5.library;
  }

  /** @throws FileError where the file is missing, no HDF5, cut short or damaged */
  static async open(path: string): Promise<Hdf5Reader> {
    const size = readableFileSize(path);
    const hdf5 = await loadHdf5();
    const start = hdf5Start(path, size);
    const after = hdf5.access.latest;
    try {
      const file = new hdf5.File(path, 'r');
      return new Hdf5Reader(path, size, hdf5, file, { after, until: hdf5.access.latest }, start);
    } catch (error) {
      leaveAfterCrash(error);
      hdf5.access.closeErrorReports();
      hdf5.access.closeSince(after, hdf5.access.latest);
      throw describeHdf5Failure(path, 'the file', error);
    }
  }

  close(): void {
    if (!this.isOpen) return;
    this.isOpen = false;
    this.chunks.clear();
    try {
      this.attempt('the file', () => this.file.close());
    } finally {
      // After a failure the library keeps the file, since something within it is still open.
      this.hdf5.access.closeSince(this.stream.after, this.stream.until);
    }
  }

  /** A FileError about `part` of this file. */
  fault(part: string, problem: string, remedy = 'Write the file again, or get a sound copy'): FileError {
    return new FileError(this.path, part === '' ? problem : `${shortName(part)} ${problem}`, remedy);
  }

  /** What lies at `path` ('/' or 'obs/index'), null where nothing does. @throws LinkError for a link */
  kindOf(path: string): NodeKind | null {
    let kind: NodeKind | null = 'group';
    let at = '';
    for (const name of path === '' || path === '/' ? [] : path.split('/')) {
      if (kind !== 'group' || !this.children(at).has(name)) return null;
      at = at === '' ? name : `${at}/${name}`;
      kind = this.kindOfNamed(at);
    }
    return kind;
  }

  /** Whether the name leads to another place, in this file or out of it. */
  isLink(path: string): boolean {
    const cut = path.lastIndexOf('/');
    const parent = path.slice(0, Math.max(cut, 0));
    const isNamed = this.kindOf(parent) === 'group' && this.children(parent).has(path.slice(cut + 1));
    return isNamed && this.leadsElsewhere(path);
  }

  private kindOfNamed(path: string): NodeKind | null {
    if (this.leadsElsewhere(path)) throw new LinkError(this.path, path);
    return this.attempt(path, () => {
      const type = this.library.get_type(this.file.file_id, path);
      if (type === this.library.H5G_GROUP) return 'group';
      return type === this.library.H5G_DATASET ? 'dataset' : null;
    });
  }

  private leadsElsewhere(path: string): boolean {
    return this.attempt(path, () => {
      const { file_id } = this.file;
      const isExternal = this.library.get_external_link(file_id, path).filename !== undefined;
      return isExternal || this.library.get_symbolic_link(file_id, path) !== null;
    });
  }

  /** The names in a group, in file order. */
  children(group: string): ReadonlySet<string> {
    return this.remember(this.listings, group, () => {
      const names = this.library.get_names(this.file.file_id, group === '' ? '/' : group, false);
      return new Set(names);
    });
  }

  hasAttribute(path: string, name: string): boolean {
    const names = this.remember(this.attributeNames, path, () => {
      return new Set(this.library.get_attribute_names(this.file.file_id, path));
    });
    return names.has(name);
  }

  /** An attribute's value; undefined where there is none, or it is empty or neither text nor number. */
  attribute(path: string, name: string): AttributeValue | undefined {
    if (!this.hasAttribute(path, name)) return undefined;
    return this.attempt(`the attribute ${name} of ${path}`, () => {
      const { file_id } = this.file;
      const metadata = this.library.get_attribute_metadata(file_id, path, name);
      this.refuseImplausible(`${path} (${name})`, metadata.total_size * metadata.size);
      const value = new this.hdf5.Group(file_id, path).get_attribute(name, true);
      if (Array.isArray(value)) return value.filter(isPlain);
      return isPlain(value) ? value : undefined;
    });
  }

  stringAttribute(path: string, name: string): string | undefined {
    const value = this.attribute(path, name);
    return typeof value === 'string' ? value : undefined;
  }

  /** Where the header of an object lies, which tells it from others: a reference to an object is that address. */
  addressOf(path: string): number {
    return this.attempt(path, () => {
      const reference = this.library.create_object_reference(this.file.file_id, path);
      return Number(Buffer.from(reference).readBigUInt64LE(0));
    });
  }

  /** Shape and type of a dataset. */
  info(path: string): DatasetInfo {
    return this.remember(this.infos, path, () => {
      const { library } = this;
      const { file_id } = this.file;
      const info = datasetInfo(library, library.get_dataset_metadata(file_id, path), () =>
        this.layoutOf(path),
      );
      if (info.virtual) {
        throw this.fault(path, 'is assembled from other files', 'Rewrite the file with its data inside');
      }
      const values = (info.shape ?? [0]).reduce((product, n) => product * n, 1);
      this.refuseImplausible(path, values * info.size);
      return info;
    });
  }

  /**
   * Reads the block that starts at `offset` and hands its bytes, in the library's memory, to `decode`, which must
   * not keep them.
   * @param count the block's shape; offset and count are empty for a scalar
   */
  readBlock<T>(
    path: string,
    offset: readonly number[],
    count: readonly number[],
    decode: (bytes: Uint8Array) => T,
  ): T {
    const info = this.info(path);
    const shape = info.shape ?? [0];
    const inside =
      shape.length === count.length && shape.every((n, d) => offset[d]! >= 0 && offset[d]! + count[d]! <= n);
    if (!inside) throw this.fault(path, 'is smaller than the rest of the file says');
    const length = count.reduce((product, n) => product * n, info.size);
    if (length === 0) return decode(new Uint8Array(0));
    if (!this.isOpen) throw this.fault('', 'was closed while it was being read', 'Close it when all is read');
    const { library } = this;
    return this.attempt(path, () => {
      const pointer = library._malloc(length);
      if (pointer === 0) throw new Error(`memory allocation of ${length} bytes failed`);
      try {
        const counts = count.map(BigInt);
        const [offsets, strides] = [offset.map(BigInt), counts.map(() => 1n)];
        const { file_id } = this.file;
        const status =
          shape.length === 0
            ? library.get_dataset_data(file_id, path, null, null, null, BigInt(pointer))
            : library.get_dataset_data(file_id, path, counts, offsets, strides, BigInt(pointer));
        if (status < 0) throw new Error(`H5Dread returned ${status}`);
        const result = decode(library.HEAPU8.subarray(pointer, pointer + length));
        if (info.variableLength || info.members.some((member) => member.element.variableLength)) {
          library.reclaim_vlen_memory_count(file_id, path, '', BigInt(pointer), counts);
        }
        return result;
      } finally {
        library._free(pointer);
      }
    });
  }

  /**
   * Reads rows `start` to `end` of an array of numbers, and hands them piece by piece to `take`, which must not keep the bytes.
   * @param take takes the bytes of the rows from `row` on
   */
  async readRows(
    path: string,
    start: number,
    end: number,
    take: (bytes: Uint8Array, row: number) => void,
  ): Promise<void> {
    const { shape, chunks } = this.info(path);
    if (!shape || shape.length === 0) throw this.fault(path, 'is a single value where an array belongs');
    if (end > shape[0]!) throw this.fault(path, 'is smaller than the rest of the file says');
    // What is wrong with a chunk is for the library to say.
    let row = (await this.unpackRows(path, start, end, take)) ?? start;
    const width = shape.slice(1).reduce((product, n) => product * n, 1);
    const chunkRows = chunks?.[0] ?? 1;
    const step = Math.max(Math.floor(sliceLength / Math.max(width, 1) / chunkRows), 1) * chunkRows;
    while (row < end) {
      // Slices end where chunks end, so that no chunk is unpacked twice.
      const next = Math.min(end, (Math.floor(row / step) + 1) * step);
      const offset = shape.map((_, d) => (d === 0 ? row : 0));
      const count = shape.map((n, d) => (d === 0 ? next - row : n));
      this.readBlock(path, offset, count, (block) => take(block, row));
      row = next;
    }
  }

  /** The same without the library: the row that was come to, null where the array is left to it. */
  private async unpackRows(
    path: string,
    start: number,
    end: number,
    take: (bytes: Uint8Array, row: number) => void,
  ): Promise<number | null> {
    const { shape, size, type, littleEndian } = this.info(path);
    if (!shape || shape[0] === 0 || !isNumberType(type) || !littleEndian) return null;
    let chunks = this.chunks.get(path);
    if (chunks === undefined) {
      const read = (position: number, length: number) =>
        this.attempt(path, () => this.bytesAt(position, length));
      chunks = GzipChunks.find(read, this.addressOf(path), shape, size) ?? 'otherwise';
      this.chunks.set(path, chunks);
    }
    if (chunks === 'otherwise') return null;
    try {
      return await chunks.readRows(start, end, take);
    } catch (error) {
      if (!(error instanceof ShortChunk)) throw error;
      throw this.fault(path, `has a chunk that is too short: ${error.message}`);
    }
  }

  /** The text that a variable-length string's pointer stands for, inside `readBlock`. */
  textAt(pointer: number): string {
    if (pointer === 0) return '';
    const { HEAPU8 } = this.library;
    return Buffer.from(HEAPU8.buffer, pointer, HEAPU8.indexOf(0, pointer) - pointer).toString('utf8');
  }

  private layoutOf(path: string): TypeLayout | null {
    const message = datatypeMessage(this.bytesAt, this.addressOf(path));
    return message === null ? null : typeLayout(message);
  }

  /** Bytes of the file, counted from where HDF5 begins, as far as it goes. */
  private readonly bytesAt = (position: number, length: number): Uint8Array => {
    const at = this.start + position;
    // A damaged or undefined address may be larger than a position that Node would take.
    if (at >= this.size) return new Uint8Array(0);
    return this.hdf5.access.bytesAt(this.stream.until, at, Math.min(length, this.size - at));
  };

  private refuseImplausible(part: string, bytes: number): void {
    if (bytes <= Math.max(alwaysPlausibleBytes, this.size * greatestCompression)) return;
    throw this.fault(part, `claims ${bytes} bytes, more than the file can hold`);
  }

  private remember<T>(known: Map<string, T>, path: string, find: () => T): T {
    let value = known.get(path);
    if (value === undefined) {
      value = this.attempt(path, find);
      known.set(path, value);
    }
    return value;
  }

  private attempt<T>(part: string, action: () => T): T {
    try {
      return this.hdf5.access.inOneFile(action);
    } catch (error) {
      leaveAfterCrash(error);
      this.hdf5.access.closeErrorReports();
      if (error instanceof StrangeFile) {
        const problem = 'has data that are kept in other files, which are not followed';
        throw this.fault(part, problem, 'Rewrite the file with its data inside');
      }
      if (error instanceof DamagedHeap) {
        throw this.fault('', 'is damaged where it keeps its text', 'Copy or download the file again');
      }
      throw describeHdf5Failure(this.path, part === '/' ? 'the file' : shortName(part), error);
    }
  }
}

function isPlain(value: unknown): value is string | number | boolean {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean';
}
