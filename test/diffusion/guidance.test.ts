import assert from 'node:assert/strict';
import { test } from 'node:test';
import { guidanceAt, guidedFrom } from '../../src/diffusion/guidance.js';

test('a push above 1 waits for its time, all else holds everywhere', () => {
  assert.deepEqual(
    [900, 428, 0].map((t) => guidanceAt(1.5, t, 428)),
    [1, 1.5, 1.5],
  );
  for (const guidance of [0, 0.5, 1]) {
    for (const t of [900, 428, 0]) assert.equal(guidanceAt(guidance, t, 428), guidance);
  }
});

test('guidance holds at a share of the steps, the last ones, one at least', () => {
  const steps = Array.from({ length: 14 }, (_, i) => 13 - i);
  assert.equal(guidedFrom(steps, 3 / 7), 5);
  assert.equal(guidedFrom(steps, 1), 13);
  assert.equal(guidedFrom([999, 499], 3 / 7), 499);
  assert.equal(guidedFrom([999], 3 / 7), 999);
});
