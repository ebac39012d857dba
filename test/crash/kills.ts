import assert from 'node:assert/strict';
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { readH5ad } from '../../src/io/read.js';
import { writeH5ad } from '../../src/io/write.js';
import { generator } from '../fuzz/damage.js';
import { smallTissue } from '../model/small-tissue.js';
import { trainedTensors } from '../model/trained-tensors.js';
import { type Death, leftovers, runAndKill, unreadableParts } from './kill.js';

/** Paths of a place where commands are killed. */
export interface KillingPlace {
  readonly folder: string;
  readonly data: string;
  /** A run that nobody disturbed, and how long it took. */
  readonly whole: string;
  readonly milliseconds: number;
}

const training = ['--steps', '40', '--threads', '1', '--label-key', 'cell_type', '--genes', '20'];

/** A tissue in `folder`, and a run on it from beginning to end. */
export async function killingPlace(folder: string): Promise<KillingPlace> {
  const [data, whole] = [join(folder, 'data.h5ad'), join(folder, 'whole')];
  await writeH5ad(data, smallTissue({ cells: 240 }));
  const { status, milliseconds, stderr } = await runAndKill(null, 'train', data, '-o', whole, ...training);
  assert.equal(status, 0, stderr);
  return { folder, data, whole, milliseconds };
}

/** Deaths over the length of a command, every second one while it saves its state. */
function deaths(count: number, milliseconds: number, seed: number): Death[] {
  const random = generator(seed);
  return Array.from({ length: count }, (_, i) => ({
    afterMilliseconds: random() * milliseconds,
    saving: i % 2 === 0 ? null : random() * 150,
  }));
}

/**
 * Kills a training again and again, going on each time, and then lets it end: the weights are those of the undisturbed
 * run, bit for bit. With `force` it replaces a finished run, which is there whenever the new one is not finished.
 */
export async function killTraining(
  place: KillingPlace,
  kills: number,
  seed: number,
  force: boolean,
): Promise<void> {
  const run = join(place.folder, `killed ${seed}`);
  const older = join(place.folder, `.killed ${seed}.replaced-run`);
  const first = ['train', place.data, '-o', run, ...training];
  if (force) {
    assert.equal((await runAndKill(null, ...first, '--steps', '1', '--seed', '9')).status, 0);
    first.push('--force');
  }
  const next = () => (isUnfinished(run) ? ['train', place.data, '-o', run, '--resume'] : first);
  for (const death of deaths(kills, place.milliseconds, seed)) {
    await runAndKill(death, ...next());
    assert.deepEqual(await unreadableParts(run), []);
    if (force) {
      const isThere = [run, older].some((path) => existsSync(join(path, 'model.safetensors')));
      assert.ok(isThere, 'neither the older run nor the new one is whole');
    }
    if (existsSync(join(run, 'model.safetensors')) && !(force && (await isOlder(run)))) break;
  }
  while (!existsSync(join(run, 'model.safetensors')) || (force && (await isOlder(run)))) {
    const { status, stderr } = await runAndKill(null, ...next());
    assert.equal(status, 0, stderr);
  }
  // A run that was killed as it tidied up is tidied by whatever works on it next.
  await runAndKill(null, 'train', place.data, '-o', run, '--resume');
  assert.deepEqual(await trainedTensors(run), await trainedTensors(place.whole));
  assert.deepEqual(leftovers(place.folder), []);
  assert.ok(!existsSync(join(run, 'checkpoint')));
  rmSync(run, { recursive: true });
}

const isUnfinished = (run: string): boolean =>
  existsSync(join(run, 'config.json')) && !existsSync(join(run, 'model.safetensors'));

async function isOlder(run: string): Promise<boolean> {
  const config = JSON.parse(readFileSync(join(run, 'config.json'), 'utf8'));
  return config.options.seed === 9;
}

/** Kills `generate`: the file is there whole or not at all, and the next call leaves nothing else. */
export async function killGenerating(place: KillingPlace, kills: number, seed: number): Promise<void> {
  const out = join(place.folder, 'cells.h5ad');
  const call = ['generate', place.whole, '-n', '800', '--steps', '5', '-o', out, '--threads', '1', '--force'];
  const { milliseconds, stderr, status } = await runAndKill(null, ...call);
  assert.equal(status, 0, stderr);
  const whole = readFileSync(out);
  rmSync(out);
  for (const death of deaths(kills, milliseconds, seed)) {
    await runAndKill(death, ...call);
    if (existsSync(out)) assert.equal((await readH5ad(out)).obs.index.length, 800);
  }
  assert.equal((await runAndKill(null, ...call)).status, 0);
  assert.ok(readFileSync(out).equals(whole), 'the same bytes as without the kills');
  assert.deepEqual(leftovers(place.folder), []);
}

/** Kills `evaluate`: the report's folder is there whole or not at all. */
export async function killEvaluating(place: KillingPlace, kills: number, seed: number): Promise<void> {
  const [out, cells] = [join(place.folder, 'report'), join(place.folder, 'few.h5ad')];
  const generate = ['generate', place.whole, '-n', '60', '-o', cells, '--threads', '1', '--force'];
  assert.equal((await runAndKill(null, ...generate)).status, 0);
  const call = ['evaluate', '--real', place.data, '--generated', cells, '-o', out, '--threads', '1'];
  const { milliseconds, stderr, status } = await runAndKill(null, ...call);
  assert.equal(status, 0, stderr);
  rmSync(out, { recursive: true });
  for (const death of deaths(kills, milliseconds, seed)) {
    await runAndKill(death, ...call);
    if (!existsSync(out)) continue;
    assert.ok(existsSync(join(out, 'report.html')) && existsSync(join(out, 'metrics.json')));
    rmSync(out, { recursive: true });
  }
  assert.equal((await runAndKill(null, ...call)).status, 0);
  assert.deepEqual(leftovers(place.folder), []);
  rmSync(out, { recursive: true });
}
