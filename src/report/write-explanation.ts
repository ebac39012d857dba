import { join } from 'node:path';
import type { Explanation } from '../explain/explanation.js';
import { writeFileAtomic } from '../io/atomic.js';
import { makeFolder } from '../io/make-folder.js';
import { version } from '../version.js';
import { explanationPage } from './explanation/explanation-page.js';
import { explanationTables } from './explanation/explanation-tables.js';

/** Raised when a field of explain.json changes its name or meaning. */
const formatVersion = 1;

/**
 * Writes `explain.html`, `explain.json` and tables as .csv into a folder, which is made where it is missing. Each file replaces
 * an older one whole or not at all; other files stay.
 * @throws FileError where a file cannot be written
 */
export async function writeExplanation(folder: string, explanation: Explanation): Promise<void> {
  const head = { format: 'cellcrate explanation', formatVersion, cellcrate: version };
  const contents = new Map([
    ['explain.html', explanationPage(explanation)],
    ['explain.json', `${JSON.stringify({ ...head, ...explanation })}\n`],
    ...explanationTables(explanation),
  ]);
  makeFolder(folder);
  for (const [name, content] of contents) await writeFileAtomic(join(folder, name), content);
}
