import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import type { File, Group, ready } from 'h5wasm/node';
import { FileAccess, libraryFiles } from './file-access.js';

export type Hdf5Library = Awaited<typeof ready>;

/** One instance of the HDF5 C library (h5wasm), with the classes that belong to it. */
export interface Hdf5 {
  readonly library: Hdf5Library;
  readonly access: FileAccess;
  readonly File: typeof File;
  readonly Group: typeof Group;
}

let loaded: Promise<Hdf5> | undefined;
let instances = 0;

/**
 * The HDF5 library, loaded once. Its errors are made to throw: without that a missing filter or a corrupt chunk yields
 * uninitialised memory as data. Filters beyond gzip come from h5wasm-plugins where it is installed.
 */
export function loadHdf5(): Promise<Hdf5> {
  loaded ??= newInstance();
  return loaded;
}

/**
 * After a crash inside the library its memory cannot be trusted (one was seen to hang later): the next file that is opened
 * gets an instance of its own.
 */
export function leaveAfterCrash(error: unknown): void {
  const trapped = error instanceof Error && error.name === 'RuntimeError';
  if (trapped || error instanceof LibraryStopped) loaded = undefined;
}

class LibraryStopped extends Error {}

async function newInstance(): Promise<Hdf5> {
  // A module is evaluated anew where its address is another one.
  const address = `${import.meta.resolve('h5wasm/node')}${instances === 0 ? '' : `?instance=${instances}`}`;
  instances++;
  const { ready, File, Group }: typeof import('h5wasm/node') = await import(address);
  const library = await ready;
  library.activate_throwing_error_handler();
  // The C++ side aborts on sizes that no memory can hold; thrown from here, that is an error like the others.
  Object.assign(library, {
    onAbort: (reason: unknown) => {
      throw new LibraryStopped(`the HDF5 library stopped: ${String(reason)}`);
    },
  });
  // Only filters that npm installed beside us are loaded, never those of the folders compiled into the library.
  for (let n = library.get_plugin_search_paths().length; n > 0; n--) library.remove_plugin_search_path(0);
  const folder = pluginFolder();
  if (folder !== null) library.insert_plugin_search_path(folder, 0);
  return { library, access: new FileAccess(libraryFiles(library.FS), folder), File, Group };
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
