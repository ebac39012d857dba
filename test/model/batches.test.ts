import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { DataError, OptionError } from '../../src/errors.js';
import { Batches, batchSizeFor } from '../../src/model/batches.js';

test('an epoch shows each cell at most once, all but those that fill no batch', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 60 }), fc.integer({ min: 1, max: 60 }), (cells, size) => {
      fc.pre(size <= cells);
      const batches = new Batches(cells, size, 3, 'stage');
      assert.equal(batches.perEpoch, Math.floor(cells / size));
      for (const epoch of [0, 1]) {
        const seen = Array.from({ length: batches.perEpoch }, (_, i) => [
          ...batches.at(epoch * batches.perEpoch + i),
        ]).flat();
        assert.equal(seen.length, batches.perEpoch * size);
        assert.equal(new Set(seen).size, seen.length);
        assert.ok(seen.every((cell) => cell >= 0 && cell < cells));
      }
    }),
  );
});

test('any step can be asked for without the ones before it; epochs, seeds and stages differ', () => {
  const batches = (seed = 1, stage = 'stage') => new Batches(100, 10, seed, stage);
  const inOrder = batches();
  const all = Array.from({ length: 25 }, (_, step) => [...inOrder.at(step)]);
  for (const step of [24, 3, 17]) assert.deepEqual([...batches().at(step)], all[step]);
  assert.equal(inOrder.epochOf(9), 0);
  assert.equal(inOrder.epochOf(10), 1);
  const first = String(all[0]);
  for (const other of [inOrder.at(10), batches(2).at(0), batches(1, 'other').at(0)]) {
    assert.notEqual(String([...other]), first);
  }
});

test("the preset's batch is halved until it fits; what was asked for is taken or refused", () => {
  assert.equal(batchSizeFor('a.h5ad', 1000, undefined, 256), 256);
  assert.equal(batchSizeFor('a.h5ad', 255, undefined, 256), 128);
  assert.equal(batchSizeFor('a.h5ad', 16, undefined, 256), 16);
  assert.equal(batchSizeFor('a.h5ad', 16, 16, 256), 16);
  assert.equal(batchSizeFor('a.h5ad', 1000, 1, 256), 1);
  assert.throws(() => batchSizeFor('a.h5ad', 16, 17, 256), OptionError);
  assert.throws(() => batchSizeFor('a.h5ad', 15, 1, 256), DataError);
});
