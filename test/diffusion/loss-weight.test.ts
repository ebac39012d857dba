import assert from 'node:assert/strict';
import { test } from 'node:test';
import { lossWeights } from '../../src/diffusion/loss-weight.js';
import { parameterisations, targetWeights } from '../../src/diffusion/parameterisation.js';
import { scheduleByName } from '../../src/diffusion/schedule.js';

test('uniform weights are one', () => {
  assert.ok(lossWeights('uniform', 'eps', scheduleByName('linear')).every((weight) => weight === 1));
});

test('min-SNR weighs every parameterisation as the same error of the clean row', () => {
  const schedule = scheduleByName('cosine');
  const x0Weights = lossWeights('min-snr', 'x0', schedule);
  for (const kind of parameterisations) {
    const weights = lossWeights('min-snr', kind, schedule);
    for (const t of [0, 100, 500, 900, 998]) {
      const alphaBar = schedule.alphaBar[t];
      // At a given x an error of 1 in x0 is an error of -signal / noise in eps.
      const { clean, noise } = targetWeights(kind, alphaBar);
      const error = clean - (noise * Math.sqrt(alphaBar)) / Math.sqrt(1 - alphaBar);
      const relative = (weights[t] * error ** 2) / x0Weights[t];
      assert.ok(Math.abs(relative - 1) < 1e-9, `${kind} at ${t}: ${relative}`);
    }
  }
});

test('min-SNR is the SNR up to gamma and gamma beyond', () => {
  const schedule = scheduleByName('linear-zero-snr');
  const weights = lossWeights('min-snr', 'x0', schedule);
  assert.equal(weights[0], 5);
  assert.equal(weights[999], 0);
  assert.equal(Math.max(...weights), 5);
  assert.ok(Math.abs(weights[700] - schedule.alphaBar[700] / (1 - schedule.alphaBar[700])) < 1e-12);
  assert.ok(lossWeights('min-snr', 'v', schedule).every(Number.isFinite));
});
