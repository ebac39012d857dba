import assert from 'node:assert/strict';
import { test } from 'node:test';
import { labelFeed, labelInput, labelWidth } from '../../src/model/decoder-labels.js';
import { codesOf, type LabelSpace } from '../../src/model/labels.js';
import { stream } from '../../src/random/stream.js';

const space: LabelSpace = {
  keys: [
    { key: 'type', names: ['a', 'b', 'c'] },
    { key: 'batch', names: ['x', 'y'] },
  ],
  clusters: 4,
  combinations: [],
};
/** Type, batch and cluster of three cells. */
const codes = Int32Array.of(2, 1, 3, -1, 0, 2, 0, -1, -1);

test('a decoder is told names one-hot, key beside key, and no clusters', () => {
  assert.equal(labelWidth(space), 5);
  const { labels } = labelFeed(space, codes, 3);
  assert.deepEqual(labels.shape, [3, 5]);
  assert.deepEqual(Array.from(labels.data, Number), [0, 0, 1, 0, 1, 0, 0, 0, 1, 0, 1, 0, 0, 0, 0]);
});

test('hidden labels are zeros, and a model without labels is told nothing', () => {
  assert.ok(Array.from(labelFeed(space, null, 3).labels.data, Number).every((value) => value === 0));
  const none = { keys: [], clusters: 4, combinations: [] };
  assert.deepEqual(labelFeed(none, Int32Array.of(1, 2), 2), {});
  assert.equal(labelInput(labelWidth(none), 2), null);
});

test('in training half of the cells are told nothing at all, the others everything', () => {
  const many = codesOf(codes, new Int32Array(2000), 3);
  const { data } = labelFeed(space, many, 2000, stream(1, 'test')).labels;
  let told = 0;
  for (let cell = 0; cell < 2000; cell++) {
    const own = Array.from(data.subarray(cell * 5, (cell + 1) * 5), Number);
    if (own.some((value) => value !== 0)) {
      told++;
      assert.deepEqual(own, [0, 0, 1, 0, 1]);
    }
  }
  assert.ok(Math.abs(told / 2000 - 0.5) < 0.05, `${told}`);
});

test('codes of some cells, in the order asked for', () => {
  assert.deepEqual(codesOf(codes, [2, 0], 3), Int32Array.of(0, -1, -1, 2, 1, 3));
});
