import { join } from 'node:path';
import type { Comparison } from '../../comparison/comparison.js';
import { writeFileAtomic } from '../../io/atomic.js';
import { version } from '../../version.js';
import { comparisonCsv } from './csv.js';
import { comparisonPage } from './page.js';

/** Raised when a field of comparison.json changes its name or meaning. */
const formatVersion = 1;

/**
 * Writes `report.html`, `comparison.json` and `comparison.csv` into the folder of a comparison; each replaces an older one
 * whole or not at all.
 * @returns the path of the report
 * @throws FileError where a file cannot be written
 */
export async function writeComparison(folder: string, comparison: Comparison): Promise<string> {
  const contents = { format: 'cellcrate comparison', formatVersion, cellcrate: version, ...comparison };
  await writeFileAtomic(join(folder, 'comparison.json'), `${JSON.stringify(contents, null, 2)}\n`);
  await writeFileAtomic(join(folder, 'comparison.csv'), comparisonCsv(comparison));
  const report = join(folder, 'report.html');
  await writeFileAtomic(report, comparisonPage(comparison));
  return report;
}
