/**
 * The long form of test/fuzz: thousands of damaged copies of every kind of file that is read.
 *
 *   npm run compile && node build/scripts/fuzz.js --copies 2000 --seed 1
 */
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { parseArgs } from 'node:util';
import { fuzz } from '../test/fuzz/fuzz.js';
import { fuzzSubjects } from '../test/fuzz/subjects.js';

const { values } = parseArgs({
  options: { copies: { type: 'string', default: '2000' }, seed: { type: 'string', default: '1' } },
});
const folder = mkdtempSync(join(tmpdir(), 'cellcrate-fuzz-'));
try {
  const copies = join(folder, 'copies');
  mkdirSync(copies);
  for (const { kind, file } of await fuzzSubjects(folder)) {
    // A configuration is opened by going on with its run, which takes as long as a hundred files.
    const count = Math.ceil(Number(values.copies) / (kind === 'config' ? 20 : 1));
    const begun = performance.now();
    const { read, refused, unexpected } = await fuzz(kind, file, copies, count, Number(values.seed));
    const seconds = ((performance.now() - begun) / 1000).toFixed(0);
    console.log(`${kind} ${basename(file)}: ${count} copies, ${refused} refused, ${read} read, ${seconds} s`);
    for (const { copy, fate } of unexpected) console.log(`  UNEXPECTED copy ${copy}: ${fate}`);
    if (unexpected.length > 0) process.exitCode = 1;
  }
} finally {
  rmSync(folder, { recursive: true });
}
