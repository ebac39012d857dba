import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { projectRoot } from '../shared.js';
import { fixtureNames, fixtureRow, hasSharedFixtures, markdownRow } from './fixture-table.js';

const documented = readFileSync(join(projectRoot, 'docs', 'fixtures.md'), 'utf8');
const names = fixtureNames();

for (const name of names) {
  test(`${name} gives what docs/fixtures.md says, or is refused in one sentence`, async () => {
    const row = await fixtureRow(name);
    assert.ok(row.passes, `expected ${row.expected}; got ${row.got}`);
    assert.ok(documented.split('\n').includes(markdownRow(row)), 'make docs/fixtures.md anew');
  });
}

test('the table has a row for every fixture, and no other', (t) => {
  if (!hasSharedFixtures()) return t.skip('needs the shared folder fixtures, which is not on this machine');
  const rows = documented.split('\n').flatMap((line) => /^\| `(\S+\.h5ad)` \|/.exec(line)?.[1] ?? []);
  assert.deepEqual(rows.sort(), [...names].sort());
});
