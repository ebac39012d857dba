import assert from 'node:assert/strict';
import { test } from 'node:test';
import { guidanceAt } from '../../src/diffusion/guidance.js';

test('a push above 1 holds at the cleaner three sevenths of the noise levels, all else everywhere', () => {
  for (const t of [0, 428]) assert.equal(guidanceAt(1.5, t, 1000), 1.5);
  for (const t of [429, 999]) assert.equal(guidanceAt(1.5, t, 1000), 1);
  for (const guidance of [0, 0.5, 1]) {
    for (const t of [0, 428, 429, 999]) assert.equal(guidanceAt(guidance, t, 1000), guidance);
  }
});
