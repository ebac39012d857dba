import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { File, ready } from 'h5wasm/node';
import { temporaryFolder } from '../temporary-folder.js';

export type Build = (file: File) => void;

/** The path of an HDF5 file that h5wasm writes as `build` says, without any help of cellcrate's own writer. */
export async function handmade(t: TestContext, build: Build): Promise<string> {
  await ready;
  const path = join(temporaryFolder(t), 'odd.h5ad');
  const file = new File(path, 'w');
  try {
    build(file);
  } finally {
    file.close();
  }
  return path;
}

/** Three cells and two genes. */
export const frames: Build = (file) => {
  for (const [path, names] of [
    ['obs', ['a', 'b', 'c']],
    ['var', ['x', 'y']],
  ] as const) {
    const group = file.create_group(path);
    group.create_attribute('_index', 'index');
    group.create_dataset({ name: 'index', data: [...names] });
  }
};
