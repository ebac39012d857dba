import assert from 'node:assert/strict';
import { test } from 'node:test';
import { embedScores } from '../../src/embedding/embed-scores.js';
import { clusters, neighbourShare } from './clusters.js';

const cells = clusters(200, 4, 6);

test('clusters that are apart stay apart, and the seed decides the rest', async () => {
  const first = await embedScores(cells, { method: 'umap', seed: 1 });
  assert.ok(first.every(Number.isFinite));
  assert.ok(neighbourShare(first, (a, b) => a % 4 === b % 4) > 0.98);
  assert.deepEqual(await embedScores(cells, { method: 'umap', seed: 1 }), first);
  assert.notDeepEqual(await embedScores(cells, { method: 'umap', seed: 2 }), first);
});

test('it works on as few cells as t-SNE, counts its steps and can be stopped', async () => {
  assert.ok((await embedScores(clusters(4, 2, 3), { method: 'umap' })).every(Number.isFinite));
  const controller = new AbortController();
  const stopped = embedScores(cells, {
    method: 'umap',
    signal: controller.signal,
    onProgress: ({ step }) => {
      if (step === 2) controller.abort(new Error('enough'));
    },
  });
  await assert.rejects(stopped, /enough/);
});
