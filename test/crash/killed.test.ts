import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { runAndKill } from './kill.js';
import { type KillingPlace, killEvaluating, killGenerating, killingPlace, killTraining } from './kills.js';

const folder = mkdtempSync(join(tmpdir(), 'cellcrate-test-'));
after(() => rmSync(folder, { recursive: true }));
let place: KillingPlace;
before(async () => {
  place = await killingPlace(folder);
});

/** The long form is `node build/scripts/kill.js`. */
test('training that is killed again and again comes to the same weights bit for bit', () =>
  killTraining(place, 8, 1, false));

test('a run that is being replaced is never lost', () => killTraining(place, 6, 2, true));

test('generate that is killed leaves a whole file or none', () => killGenerating(place, 5, 3));

test('evaluate that is killed leaves a whole report or none', () => killEvaluating(place, 4, 4));

test('two processes do not work on one folder', async () => {
  const run = join(folder, 'busy');
  const long = ['train', place.data, '-o', run, '--steps', '100000', '--held-out', '0', '--threads', '1'];
  const killed = runAndKill({ afterMilliseconds: place.milliseconds, saving: null }, ...long);
  await new Promise((resolve) => setTimeout(resolve, place.milliseconds / 2));
  const second = await runAndKill(null, ...long);
  await killed;
  assert.equal(second.status, 1);
  assert.match(second.stderr, /busy: is in use by the process \d+\. Wait for it/);
  // The lock of the killed process is no obstacle.
  const resumed = await runAndKill(
    { afterMilliseconds: 60_000, saving: null },
    'train',
    place.data,
    '-o',
    run,
  );
  assert.match(resumed.stderr, /busy: exists already\. Go on with it by --resume/);
});
