import assert from 'node:assert/strict';
import { test } from 'node:test';
import { train } from '../../src/model/train.js';
import { workplace } from '../model/small-tissue.js';
import { trainedTensors } from '../model/trained-tensors.js';

for (const preset of ['wbdit', 'dit'] as const) {
  test(`${preset}: an interrupted run comes to the same weights bit for bit`, async (t) => {
    const { data, path } = await workplace(t);
    const options = { preset, steps: 4, threads: 1, labelKeys: ['cell_type'] } as const;
    const controller = new AbortController();
    const interrupted = await train(data, {
      ...{ ...options, out: path('run'), signal: controller.signal },
      onProgress: ({ step }) => {
        if (step === 2) controller.abort();
      },
    });
    assert.equal(interrupted.interrupted, true);
    await train(data, { out: path('run'), resume: true });
    await train(data, { ...options, out: path('whole') });
    assert.deepEqual(await trainedTensors(path('run')), await trainedTensors(path('whole')));
  });
}
