import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { TestContext } from 'node:test';
import { fileURLToPath } from 'node:url';

/** The project's own folder, from the compiled test file. */
export const projectRoot = join(dirname(fileURLToPath(import.meta.url)), '..', '..');

/** Real data sets and odd files that are never committed; they lie beside the checkout where there are any. */
const sharedFolder = process.env.CELLCRATE_SHARED ?? join(projectRoot, '..', 'shared');

/** The path of a shared file; where it is missing the test is skipped and says so. */
export function sharedFile(t: TestContext, name: string): string | null {
  const path = join(sharedFolder, name);
  if (existsSync(path)) return path;
  t.skip(`needs the shared file ${name}, which is not on this machine`);
  return null;
}
