import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readH5ad } from '../../src/io/read.js';
import { generate } from '../../src/model/generate.js';
import { train } from '../../src/model/train.js';
import { smallTissue, workplace } from '../model/small-tissue.js';
import { trainedTensors } from '../model/trained-tensors.js';

for (const preset of ['wbdit', 'dit'] as const) {
  test(`${preset}: an interrupted run comes to the same weights bit for bit, and generates`, async (t) => {
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

    // 23 genes are no multiple of the patch of 10.
    await generate(path('run'), { n: 20, out: path('cells.h5ad'), threads: 1, steps: 2 });
    const cells = await readH5ad(path('cells.h5ad'));
    assert.deepEqual(cells.var.index, smallTissue().var.index);
    assert.equal(cells.layers.size, 0, 'no counts are invented');
    const values = cells.X!.data;
    assert.ok(values.length > 0 && values.every((value) => value >= 0 && Number.isFinite(value)));
  });
}
