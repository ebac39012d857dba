import type { File } from 'h5wasm/node';
import { DataError, FileError } from '../../errors.js';
import { systemFileError } from '../file-problem.js';
import { placeholderDtype, placeholderName, rewriteBooleanTypes } from './boolean-type.js';
import { ChunkStore, gzipLevel } from './chunk-store.js';
import { type ChunkedArray, placeChunks } from './chunked-arrays.js';
import { DatasetAppender } from './dataset-appender.js';
import { type Hdf5, loadHdf5 } from './library.js';
import { clearModificationTimes } from './modification-times.js';

export type NumberArray = Float32Array | Float64Array | Int32Array | BigInt64Array;
export type AttributeInput = string | boolean | readonly string[] | readonly number[];

export type Compression = 'gzip' | 'none';

/** Rows of a chunk hold at most this many bytes: within the chunk cache of 1 MiB that readers have. */
const chunkBytes = 2 ** 18;

/**
 * An HDF5 file being written. The library writes all but the numbers of arrays, which are packed beside it and put behind its file
 * when that is complete. Failures are FileErrors; after one, call `discard`.
 */
export class Hdf5Writer {
  private readonly begun = Date.now();
  private readonly arrays = new Map<string, ChunkedArray>();
  private booleans = 0;
  private isOpen = true;

  private constructor(
    readonly path: string,
    private readonly hdf5: Hdf5,
    private readonly file: File,
    private readonly compression: Compression,
    private readonly store: ChunkStore,
  ) {}

  /**
   * Begins a new file at `path`; what is there is lost.
   * @param owner the file that it is to become, beside which its arrays wait
   */
  static async create(path: string, compression: Compression, owner = path): Promise<Hdf5Writer> {
    const hdf5 = await loadHdf5();
    const store = new ChunkStore(owner, compression);
    try {
      // The oldest format: every HDF5 reads it, and nothing in it carries a checksum (see boolean-type.ts and chunked-arrays.ts).
      const file = new hdf5.File(path, 'w', { libver: ['earliest', 'latest'] });
      return new Hdf5Writer(path, hdf5, file, compression, store);
    } catch (error) {
      store.close();
      throw describeWriteFailure(path, 'the file', error);
    }
  }

  /** Makes a group; its parent must be there. */
  group(path: string): void {
    this.attempt(path, () => this.file.create_group(checkedPath(path)));
  }

  attribute(path: string, name: string, value: AttributeInput): void {
    this.attempt(path, () => {
      const owner = new this.hdf5.Group(this.file.file_id, path);
      if (typeof value === 'boolean') {
        owner.create_attribute(name, placeholder([value]), [], placeholderDtype);
        this.booleans++;
      } else if (typeof value === 'string') {
        owner.create_attribute(name, withoutNul(path, value));
      } else if (value.length === 0) {
        // h5wasm cannot write an empty list of strings; anndata itself writes this one as float64.
        owner.create_attribute(name, new Float64Array(0));
      } else if (isNumbers(value)) {
        owner.create_attribute(name, BigInt64Array.from(value, BigInt));
      } else {
        owner.create_attribute(name, [...value], [value.length], 'S');
      }
    });
  }

  /** Strings of variable length, UTF-8; a scalar where `value` is one string. */
  strings(path: string, value: string | readonly string[]): void {
    const data = (typeof value === 'string' ? [value] : [...value]).map((text) => withoutNul(path, text));
    const shape = typeof value === 'string' ? [] : [value.length];
    this.attempt(path, () => this.file.create_dataset({ name: checkedPath(path), data, shape, dtype: 'S' }));
  }

  /** HDF5 booleans; a scalar where `value` is one. */
  booleanValues(path: string, value: boolean | readonly boolean[]): void {
    const list = typeof value === 'boolean' ? [value] : value;
    const shape = typeof value === 'boolean' ? [] : [list.length];
    this.attempt(path, () => {
      this.file.create_dataset({
        name: checkedPath(path),
        data: placeholder(list),
        shape,
        dtype: placeholderDtype,
      });
      this.booleans++;
    });
  }

  scalar(path: string, value: number): void {
    const data = Number.isSafeInteger(value) ? BigInt64Array.of(BigInt(value)) : Float64Array.of(value);
    this.attempt(path, () => this.file.create_dataset({ name: checkedPath(path), data, shape: [] }));
  }

  /**
   * @param data must stay as it is until the file is complete
   * @param shape as many numbers as dimensions, row-major; their product is the length of `data`
   */
  array(path: string, data: NumberArray, shape: readonly number[]): void {
    this.appender(path, data.subarray(0, 0), shape.slice(1), shape[0] ?? 0).whole(data);
  }

  /**
   * An array that grows along its first dimension.
   * @param empty tells the type of the numbers
   * @param rowShape the other dimensions
   * @param expectedRows for the size of the chunks; null where it is not known
   */
  appender(
    path: string,
    empty: NumberArray,
    rowShape: readonly number[],
    expectedRows: number | null,
  ): DatasetAppender {
    const width = rowShape.reduce((product, n) => product * n, 1);
    const fitting = Math.max(Math.floor(chunkBytes / (Math.max(width, 1) * empty.BYTES_PER_ELEMENT)), 1);
    const chunkRows = Math.max(Math.min(fitting, expectedRows ?? fitting), 1);
    const chunkShape = [chunkRows, ...rowShape.map((n) => Math.max(n, 1))];
    const dataset = this.attempt(path, () =>
      this.file.create_dataset({
        name: checkedPath(path),
        data: empty,
        // Rows of no values are never appended, so they are there from the start.
        shape: [width === 0 ? (expectedRows ?? 0) : 0, ...rowShape],
        maxshape: [null, ...rowShape],
        chunks: chunkShape,
        ...(this.compression === 'gzip' ? { compression: 'gzip', compression_opts: gzipLevel } : {}),
      }),
    );
    const appender = new DatasetAppender(this.store, empty, chunkShape, {
      isFull: () => this.wait(path, () => this.store.hasRoom()),
      finished: (rows) => {
        if (rows > 0) this.attempt(path, () => dataset.resize([rows, ...rowShape]));
      },
    });
    this.arrays.set(path, appender);
    return appender;
  }

  /** Waits until little of what was given is left in memory. */
  hasRoom(): Promise<void> {
    return this.wait('the file', () => this.store.hasRoom());
  }

  /** Completes the file. */
  async close(): Promise<void> {
    await this.wait('the file', () => this.store.settled());
    this.attempt('the file', () => {
      const arrays = new Map([...this.arrays].map(([path, array]) => [this.headerOf(path), array]));
      this.isOpen = false;
      this.file.close();
      // Before the arrays' numbers are there: what they look like by chance is not to be rewritten.
      const rewritten = rewriteBooleanTypes(this.path);
      if (rewritten !== this.booleans)
        throw new Error(`${rewritten} boolean types for ${this.booleans} booleans`);
      clearModificationTimes(this.path, this.begun);
      placeChunks(this.path, this.store, arrays);
      this.store.close();
    });
  }

  /** Lets go of a file that will not be completed. */
  discard(): void {
    this.store.close();
    if (!this.isOpen) return;
    this.isOpen = false;
    try {
      this.file.close();
    } catch {
      // Its first failure is the one to tell.
    }
  }

  /** The address of an object's header, which a reference to it is. */
  private headerOf(path: string): number {
    const reference = this.hdf5.library.create_object_reference(this.file.file_id, path);
    return Number(Buffer.from(reference).readBigUInt64LE(0));
  }

  private async wait(part: string, action: () => Promise<void>): Promise<void> {
    try {
      await action();
    } catch (error) {
      throw describeWriteFailure(this.path, part, error);
    }
  }

  private attempt<T>(part: string, action: () => T): T {
    try {
      return action();
    } catch (error) {
      throw describeWriteFailure(this.path, part, error);
    }
  }
}

function describeWriteFailure(path: string, part: string, error: unknown): Error {
  if (error instanceof DataError || error instanceof FileError) return error;
  const report = new Error((error instanceof Error ? error.message : String(error)).slice(0, 4000));
  return (
    systemFileError(path, report) ??
    new FileError(path, `${part} cannot be written`, 'Check the disk, then try again', { cause: report })
  );
}

function checkedPath(path: string): string {
  const name = path.slice(path.lastIndexOf('/') + 1);
  if (name !== '' && name !== '.') return path;
  throw new DataError(path, 'ends in a name that HDF5 cannot hold', 'Give the column or entry another name');
}

function withoutNul(path: string, text: string): string {
  if (!text.includes('\0')) return text;
  throw new DataError(path, 'holds a text with a NUL character, which HDF5 cannot hold', 'Remove it');
}

function placeholder(values: readonly boolean[]): Map<string, Int8Array> {
  return new Map([[placeholderName, Int8Array.from(values, Number)]]);
}

function isNumbers(value: readonly string[] | readonly number[]): value is readonly number[] {
  return typeof value[0] === 'number';
}
