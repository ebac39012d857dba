import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { ready } from 'h5wasm/node';

export type Hdf5Library = Awaited<typeof ready>;

let loaded: Promise<Hdf5Library> | undefined;

/**
 * The HDF5 C library (h5wasm), loaded once. Its errors are made to throw: without that a missing filter or a corrupt
 * chunk yields uninitialised memory as data. Filters beyond gzip come from h5wasm-plugins where it is installed.
 */
export function loadHdf5(): Promise<Hdf5Library> {
  loaded ??= ready.then((library) => {
    library.activate_throwing_error_handler();
    // The C++ side aborts on sizes that no memory can hold; thrown from here, that is an error like the others.
    Object.assign(library, {
      onAbort: (reason: unknown) => {
        throw new Error(`the HDF5 library stopped: ${String(reason)}`);
      },
    });
    // Only filters that npm installed beside us are loaded, never those of the folders compiled into the library.
    for (let n = library.get_plugin_search_paths().length; n > 0; n--) library.remove_plugin_search_path(0);
    const folder = pluginFolder();
    if (folder !== null) library.insert_plugin_search_path(folder, 0);
    guardOpening(library, folder);
    return library;
  });
  return loaded;
}

/** The file that the library asked for while it was to stay in the one that it has; null where it asked for none. */
let stranger: string | null = null;
let mayOpen = true;

/** HDF5 asked for another file of the disk: external storage, which nothing but this attempt betrays. */
export class StrangeFile extends Error {}

/**
 * Runs `action`, in which the library may open no file but its own plugins.
 * @throws StrangeFile where it tried to, whatever it made of the refusal
 */
export function inOneFile<T>(action: () => T): T {
  const before = mayOpen;
  mayOpen = false;
  stranger = null;
  try {
    const result = action();
    if (stranger === null) return result;
  } catch (error) {
    if (stranger === null) throw error;
  } finally {
    mayOpen = before;
  }
  throw new StrangeFile(`the file refers to ${stranger}`);
}

/** What emscripten calls "permission denied". */
const denied = 2;

function guardOpening({ FS }: Hdf5Library, plugins: string | null): void {
  if (!('open' in FS) || typeof FS.open !== 'function')
    throw new Error('the HDF5 library has no file system');
  const open = FS.open.bind(FS) as (path: string, ...rest: unknown[]) => unknown;
  const { ErrnoError } = FS as unknown as { readonly ErrnoError: new (code: number) => Error };
  Object.assign(FS, {
    open(path: string, ...rest: unknown[]) {
      if (mayOpen || errorReport.test(path) || (plugins !== null && path.startsWith(plugins))) {
        return open(path, ...rest);
      }
      stranger = path;
      throw new ErrnoError(denied);
    },
  });
}

const errorReport = /\/tmpfile_\w+$/;

/**
 * Closes the temporary files into which the library printed its error reports, after it threw: it cannot do so itself,
 * and a process that meets a thousand damaged files would run out of file descriptors.
 */
export function closeErrorReports({ FS }: Hdf5Library): void {
  if (!('streams' in FS) || !Array.isArray(FS.streams)) return;
  for (const stream of FS.streams) {
    if (errorReport.test(stream?.path ?? '')) FS.close(stream);
  }
}

function pluginFolder(): string | null {
  try {
    const entry = createRequire(import.meta.url).resolve('h5wasm-plugins');
    const folder = join(dirname(entry), 'plugins');
    return existsSync(folder) ? folder : null;
  } catch {
    return null;
  }
}
