/**
 * Writes docs/fixtures.md: every odd file, what anndata or h5py find in it, and what cellcrate reads or answers.
 *
 *   npm run compile && node build/scripts/fixture-table.js
 */
import { join } from 'node:path';
import { writeFileAtomic } from '../src/io/atomic.js';
import { fixtureNames, fixtureRow, hasSharedFixtures, markdownRow } from '../test/io/fixture-table.js';
import { projectRoot } from '../test/shared.js';

const introduction = `# Odd files

Every fixture, what it must give, and what it gave. \`npm test -- io/fixtures\` reads each one and fails where a row is
no longer true; \`node build/scripts/fixture-table.js\` writes this page.

"As in anndata" (0.8) or "as in h5py" (element by element, where that anndata knows less) means: the same shape, the
same names, the same matrices value by value, and the same values in each column of obs and var that the other reader
reads too (\`test/io/reference/fixture_contents.py\` makes the digests). Columns that only newer versions of anndata
know are counted on our side. Files under \`h5ad/\` are simulated and lie in \`test/fixtures\`
(\`test/io/reference/odd_kinds.py\` writes them); those under \`fixtures/\` were collected from public repositories and
are not part of this one. cellcrate is stricter than its peers in two places: an index beyond the genes and data that
lie in another file are refused, where anndata reads both.

| file | expected | got |
|---|---|---|
`;

async function main(): Promise<void> {
  if (!hasSharedFixtures()) throw new Error('The shared folder fixtures is not on this machine');
  const rows: string[] = [];
  for (const name of fixtureNames()) {
    const row = await fixtureRow(name);
    if (!row.passes) console.error(`${name}: expected ${row.expected}; got ${row.got}`);
    rows.push(`${markdownRow(row)}\n`);
  }
  await writeFileAtomic(join(projectRoot, 'docs', 'fixtures.md'), introduction + rows.join(''));
}

await main();
