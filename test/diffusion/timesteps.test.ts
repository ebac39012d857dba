import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { scheduleByName } from '../../src/diffusion/schedule.js';
import {
  leadingTimesteps,
  samplerNames,
  samplerTimesteps,
  trailingTimesteps,
} from '../../src/diffusion/timesteps.js';
import { OptionError } from '../../src/errors.js';

test('DDPM with every step goes 999..1', () => {
  const visited = samplerTimesteps('ddpm', 1000, scheduleByName('linear'));
  assert.deepEqual(
    visited,
    Array.from({ length: 999 }, (_, i) => 999 - i),
  );
});

test('DDIM with 100 steps visits the published timesteps', () => {
  const visited = samplerTimesteps('ddim', 100, scheduleByName('linear'));
  assert.deepEqual(visited.slice(0, 3), [990, 980, 970]);
  assert.deepEqual(visited.slice(-3), [20, 10, 1]);
  assert.equal(visited.length, 100);
});

test('a zero-terminal-SNR schedule is sampled from its last level', () => {
  for (const name of samplerNames) {
    assert.equal(samplerTimesteps(name, 20, scheduleByName('cosine-zero-snr'))[0], 999, name);
  }
  assert.deepEqual(trailingTimesteps(4, 1000), [999, 749, 499, 249]);
});

test('both rules descend strictly within the schedule', () => {
  fc.assert(
    fc.property(fc.integer({ min: 2, max: 1000 }), (steps) => {
      for (const visited of [leadingTimesteps(steps, 1000), trailingTimesteps(steps, 1000)]) {
        assert.ok(visited.every((t, i) => Number.isInteger(t) && (i === 0 || t < visited[i - 1])));
        assert.ok(visited[0] < 1000 && visited.at(-1)! >= 1);
        assert.ok(visited.length === steps || (steps > 600 && visited.length === steps - 1));
      }
    }),
  );
});

test('step counts that make no sense are refused', () => {
  for (const steps of [0, -3, 2.5, 1001, Number.NaN]) {
    assert.throws(() => trailingTimesteps(steps, 1000), OptionError);
  }
  assert.throws(() => leadingTimesteps(1, 1000), OptionError);
});
