/**
 * The long form of test/crash: commands killed dozens of times at random moments.
 *
 *   npm run compile && node build/scripts/kill.js --rounds 5
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { killEvaluating, killGenerating, killingPlace, killTraining } from '../test/crash/kills.js';

const { values } = parseArgs({ options: { rounds: { type: 'string', default: '5' } } });
const folder = mkdtempSync(join(tmpdir(), 'cellcrate-kill-'));
try {
  const place = await killingPlace(folder);
  for (let round = 1; round <= Number(values.rounds); round++) {
    await killTraining(place, 12, 10 * round, false);
    await killTraining(place, 10, 10 * round + 1, true);
    await killGenerating(place, 8, 10 * round + 2);
    await killEvaluating(place, 6, 10 * round + 3);
    console.log(`round ${round}: 36 kills, nothing lost`);
  }
} finally {
  rmSync(folder, { recursive: true });
}
