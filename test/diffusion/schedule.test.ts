import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  cosineSchedule,
  hasZeroTerminalSnr,
  linearSchedule,
  noise,
  scheduleByName,
  scheduleNames,
  signal,
  zeroTerminalSnr,
} from '../../src/diffusion/schedule.js';
import { OptionError } from '../../src/errors.js';
import { goldenDdpm, largestDifference } from './golden-ddpm.js';

test('the linear schedule is the published one', async () => {
  const { alpha_hat, beta } = await goldenDdpm();
  const { alphaBar } = linearSchedule();
  assert.ok(largestDifference(alphaBar, alpha_hat) < 1e-6);
  const ours = Array.from(alphaBar, (value, t) => 1 - value / (t === 0 ? 1 : alphaBar[t - 1]));
  assert.ok(largestDifference(ours, beta) < 1e-8);
});

test('signal and noise give the published forward draw', async () => {
  const { t, x0, eps, xt } = await goldenDdpm();
  const schedule = linearSchedule();
  const drawn = xt.map((_, i) => {
    const level = t[Math.floor(i / 6)];
    return signal(schedule, level) * x0[i] + noise(schedule, level) * eps[i];
  });
  assert.ok(largestDifference(drawn, xt) < 1e-5);
});

test('every schedule falls from almost 1 to almost 0', () => {
  for (const name of scheduleNames) {
    const { alphaBar, name: given } = scheduleByName(name);
    assert.equal(given, name);
    assert.equal(alphaBar.length, 1000);
    assert.ok(alphaBar[0] > 0.999 && alphaBar[0] < 1, name);
    assert.ok(alphaBar[999] < 1e-4, name);
    assert.ok(
      alphaBar.every((value, i) => i === 0 || value < alphaBar[i - 1]),
      name,
    );
  }
});

test('the cosine schedule follows its curve and cuts only the last betas', () => {
  const { alphaBar } = cosineSchedule();
  const f = (u: number) => Math.cos(((u + 0.008) / 1.008) * (Math.PI / 2)) ** 2;
  for (const t of [0, 249, 499, 749]) {
    assert.ok(Math.abs(alphaBar[t] - f((t + 1) / 1000) / f(0)) < 1e-12);
  }
  assert.ok(Math.abs(alphaBar[999] / alphaBar[998] - 0.001) < 1e-12);
});

test('zero terminal SNR keeps the first level and empties the last', () => {
  for (const schedule of [linearSchedule(), cosineSchedule()]) {
    const rescaled = zeroTerminalSnr(schedule);
    assert.equal(rescaled.alphaBar[999], 0);
    assert.ok(Math.abs(rescaled.alphaBar[0] - schedule.alphaBar[0]) < 1e-12);
    assert.ok(hasZeroTerminalSnr(rescaled));
    assert.ok(!hasZeroTerminalSnr(schedule));
  }
});

test('an unknown schedule is a wrong call that names the known ones', () => {
  assert.throws(
    () => scheduleByName('sigmoid'),
    (error) => error instanceof OptionError && error.message.includes('cosine-zero-snr'),
  );
});
