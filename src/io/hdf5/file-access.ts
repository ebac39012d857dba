import { beginsCollection, isSoundCollection } from './string-heaps.js';

/** The parts of emscripten's file system that stand between the HDF5 library and the disk. */
interface LibraryFiles {
  open(path: string, ...rest: unknown[]): OpenStream;
  fstat(descriptor: number): { ino: number };
  read(stream: OpenStream, target: Uint8Array, offset: number, length: number, position?: number): number;
  close(stream: OpenStream): void;
  readonly streams: readonly (OpenStream | null)[];
  readonly ErrnoError: new (code: number) => Error;
}

interface OpenStream {
  readonly fd: number;
  readonly path?: string;
}

/** HDF5 asked for another file of the disk: external storage, which nothing but this attempt betrays. */
export class StrangeFile extends Error {}

/** The library was about to read a heap of strings that is damaged in a way on which it would never return. */
export class DamagedHeap extends Error {}

/** Into files of such a name the library prints its error reports. */
const errorReport = /\/tmpfile_\w+$/;
/** What emscripten calls "permission denied" and "input/output error". */
const denied = 2;
const unreadable = 29;

/**
 * Watches over the files that one instance of the HDF5 library opens. It may follow no reference from one file to
 * another, nor read a heap of strings on which it would never return; and each opening is a file of its own for it: the library tells files apart by their number on the disk, and
 * one that it could not close, because it was damaged, would be read again in place of its sound successor.
 */
export class FileAccess {
  /** Why the library was refused what it asked for, since the latest action began. */
  private refusal: StrangeFile | DamagedHeap | null = null;
  private mayOpen = true;
  private readonly serials = new Map<number, number>();
  private opened = 0;

  /** @param plugins the folder of the library's own filters, which it may load at any time */
  constructor(
    private readonly files: LibraryFiles,
    private readonly plugins: string | null,
  ) {
    const open = files.open.bind(files);
    const fstat = files.fstat.bind(files);
    const read = files.read.bind(files);
    Object.assign(files, {
      open: (path: string, ...rest: unknown[]) => {
        this.refuseStranger(path);
        const stream = open(path, ...rest);
        this.serials.set(stream.fd, ++this.opened);
        return stream;
      },
      fstat: (descriptor: number) =>
        Object.assign(fstat(descriptor), { ino: this.serials.get(descriptor) ?? descriptor }),
      read: (stream: OpenStream, target: Uint8Array, offset: number, length: number, position?: number) => {
        const count = read(stream, target, offset, length, position);
        const bytes = Buffer.from(target.buffer, target.byteOffset + offset, count);
        if (position !== undefined && beginsCollection(bytes)) {
          const readOn = (more: Buffer, at: number) => read(stream, more, 0, more.length, position + at);
          if (!isSoundCollection(bytes, readOn)) this.refuse(new DamagedHeap('a damaged heap'), unreadable);
        }
        return count;
      },
    });
  }

  /**
   * Runs `action`, in which the library may open no file but its own plugins.
   * @throws StrangeFile where it tried to, DamagedHeap where it came upon one, whatever it made of the refusal
   */
  inOneFile<T>(action: () => T): T {
    const before = this.mayOpen;
    this.mayOpen = false;
    this.refusal = null;
    try {
      const result = action();
      if (this.refusal === null) return result;
    } catch (error) {
      if (this.refusal === null) throw error;
    } finally {
      this.mayOpen = before;
    }
    throw this.refusal;
  }

  /**
   * Closes the files into which the library printed its error reports, after it threw: it cannot do so itself, and a
   * process that meets a thousand damaged files would run out of file descriptors.
   */
  closeErrorReports(): void {
    this.closeAll(({ path }) => errorReport.test(path ?? ''));
  }

  /** What is open now: a later `closeSince` closes what a failure left open. */
  get latest(): number {
    return this.opened;
  }

  /** Bytes of the file that was opened as the `serial`th, as far as it goes: through the library's own stream, whatever lies at its path by now. */
  bytesAt(serial: number, position: number, length: number): Uint8Array {
    const stream = this.files.streams.find((each) => each && this.serials.get(each.fd) === serial);
    const bytes = new Uint8Array(length);
    return bytes.subarray(0, stream ? this.files.read(stream, bytes, 0, length, position) : 0);
  }

  closeSince(earlier: number, until: number): void {
    this.closeAll(({ fd }) => {
      const serial = this.serials.get(fd) ?? 0;
      return serial > earlier && serial <= until;
    });
  }

  private closeAll(which: (stream: OpenStream) => boolean): void {
    for (const stream of this.files.streams) if (stream && which(stream)) this.files.close(stream);
  }

  private refuseStranger(path: string): void {
    const isOwn = errorReport.test(path) || (this.plugins !== null && path.startsWith(this.plugins));
    if (this.mayOpen || isOwn) return;
    this.refuse(new StrangeFile(`the file refers to ${path}`), denied);
  }

  private refuse(reason: StrangeFile | DamagedHeap, code: number): never {
    this.refusal = reason;
    throw new this.files.ErrnoError(code);
  }
}

/** @throws Error where the library is built otherwise than this file knows it */
export function libraryFiles(files: object): LibraryFiles {
  const needed = ['open', 'fstat', 'read', 'close', 'streams', 'ErrnoError'];
  if (needed.every((name) => name in files)) return files as LibraryFiles;
  throw new Error('the HDF5 library has another file system than expected');
}
