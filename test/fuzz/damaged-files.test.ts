import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { after, test } from 'node:test';
import { fuzz } from './fuzz.js';
import { fuzzSubjects } from './subjects.js';

const folder = mkdtempSync(join(tmpdir(), 'cellcrate-test-'));
after(() => rmSync(folder, { recursive: true }));
mkdirSync(join(folder, 'copies'));

/** The long form is `node build/scripts/fuzz.js`. A configuration or a description that is read takes most of a second, a file milliseconds. */
const copiesOf = {
  ...{ h5ad: 80, 'checked h5ad': 200, model: 60, description: 60, checkpoint: 60, config: 12 },
} as const;

for (const { kind, file } of await fuzzSubjects(folder)) {
  const copies = copiesOf[kind];
  test(`${copies} damaged copies of ${basename(file)} (${kind}): read as they are or refused in a sentence`, async () => {
    const fates = await fuzz(kind, file, join(folder, 'copies'), copies, 7);
    assert.deepEqual(fates.unexpected, []);
    assert.equal(fates.read + fates.refused, copies);
    // A quarter of the copies are cut short, which is never read; hardly any description bears another value.
    assert.ok(fates.refused >= copies / 8, `only ${fates.refused} were refused`);
  });
}
