import assert from 'node:assert/strict';
import { test } from 'node:test';
import { affinities } from '../../src/embedding/affinities.js';
import { defaultPerplexity, embedScores } from '../../src/embedding/embed-scores.js';
import { type TsneOptions, tsne } from '../../src/embedding/tsne.js';
import { DataError, OptionError } from '../../src/errors.js';
import { nearestNeighbours } from '../../src/metrics/neighbours.js';
import { clusters, firstTwo, neighbourShare } from './clusters.js';

const cells = clusters(1100, 4, 6);
const p = affinities(nearestNeighbours(cells, 31), 10);
const run = (options: TsneOptions) => tsne(p, firstTwo(cells), { iterations: 40, ...options });

test('the same seed gives the same bits on one thread and on two; another seed gives others', async () => {
  const one = await run({ seed: 3, threads: 1 });
  const two = await run({ seed: 3, threads: 2 });
  assert.deepEqual(two, one);
  assert.notDeepEqual(await run({ seed: 4 }), one);
});

test('clusters that are apart stay apart', async () => {
  const few = clusters(300, 4, 6);
  const coordinates = await embedScores(few, { method: 'tsne', perplexity: 20 });
  assert.ok(coordinates.every(Number.isFinite));
  assert.ok(neighbourShare(coordinates, (a, b) => a % 4 === b % 4) > 0.98);
});

test('cells of one kind mix whether they come first or last', async () => {
  const alike = clusters(400, 1, 0);
  const coordinates = await embedScores(alike, { method: 'tsne' });
  const own = neighbourShare(coordinates, (a, b) => a < 200 === b < 200);
  assert.ok(Math.abs(own - 0.5) < 0.06, String(own));
});

test('progress counts every step, and an abort is heard, with workers too', async () => {
  for (const threads of [1, 2]) {
    const controller = new AbortController();
    const seen: number[] = [];
    const aborted = run({
      threads,
      signal: controller.signal,
      onProgress: ({ step, steps }) => {
        assert.equal(steps, 40);
        seen.push(step);
        if (step === 3) controller.abort(new Error('enough'));
      },
    });
    await assert.rejects(aborted, /enough/);
    assert.deepEqual(seen, [1, 2, 3]);
  }
});

test('too few cells, or too few for the perplexity, are refused; the default suits any number from 4 on', async () => {
  const some = clusters(40, 2, 3);
  await assert.rejects(embedScores(some, { method: 'tsne', perplexity: 14 }), (error) => {
    assert.ok(error instanceof OptionError);
    assert.match(error.message, /--perplexity: 14 does not suit 40 cells\. Give a number from 1 to 13/);
    return true;
  });
  await assert.rejects(embedScores(clusters(3, 2, 3), { method: 'tsne' }), DataError);
  assert.deepEqual([4, 40, 91, 5000].map(defaultPerplexity), [1, 13, 30, 30]);
  assert.ok((await embedScores(clusters(4, 2, 3), { method: 'tsne' })).every(Number.isFinite));
  await assert.rejects(run({ iterations: 0 }), OptionError);
});
