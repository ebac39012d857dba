import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { linearScale, logScale, spanOf } from '../../src/report/plots/scale.js';
import { linearTicks, logTicks } from '../../src/report/plots/ticks.js';

test('ticks are round and without rounding noise', () => {
  assert.deepEqual(linearTicks(0, 1, 5), [0, 0.2, 0.4, 0.6, 0.8, 1]);
  assert.deepEqual(linearTicks(0.47, 0.9, 4), [0.5, 0.6, 0.7, 0.8, 0.9]);
  assert.deepEqual(linearTicks(-0.0011, 0.0064, 3), [0, 0.002, 0.004, 0.006]);
  assert.deepEqual(linearTicks(3, 3, 5), [3]);
  assert.deepEqual(logTicks(0.001, 10, 5), [0.001, 0.01, 0.1, 1, 10]);
  assert.deepEqual(logTicks(1e-6, 1e6, 5), [1e-6, 1e-3, 1, 1e3, 1e6]);
  assert.deepEqual(logTicks(900, 21_000, 5), [1000, 2000, 5000, 10_000, 20_000]);
  assert.deepEqual(logTicks(3, 4, 5), [3, 3.2, 3.4, 3.6, 3.8, 4]);
});

test('linear ticks lie in the domain, evenly, about as many as wanted', () => {
  const numbers = fc.double({ min: -1e6, max: 1e6, noNaN: true });
  const widths = fc.double({ min: 1e-3, max: 1e6, noNaN: true });
  fc.assert(
    fc.property(numbers, widths, fc.integer({ min: 2, max: 8 }), (low, width, wanted) => {
      const ticks = linearTicks(low, low + width, wanted);
      const slack = 1e-6 * (Math.abs(low) + width);
      assert.ok(ticks.every((tick) => tick >= low - slack && tick <= low + width + slack));
      assert.ok(ticks.length >= wanted / 2 - 1 && ticks.length <= 2 * wanted + 1, `${ticks.length}`);
      const steps = ticks.slice(1).map((tick, i) => tick - ticks[i]);
      assert.ok(steps.every((step) => Math.abs(step - steps[0]) < slack));
    }),
  );
});

test('a scale places ends, middle and what is outside', () => {
  const linear = linearScale([0, 10], [100, 200]);
  assert.deepEqual([0, 5, 10, -3, 40].map(linear.place), [100, 150, 200, 100, 200]);
  const upward = linearScale([0, 10], [200, 100]);
  assert.equal(upward.place(10), 100);
  const log = logScale([1, 100], [0, 1]);
  assert.deepEqual([1, 100, 0, -5].map(log.place), [0, 1, 0, 0]);
  assert.ok(Math.abs(log.place(10) - 0.5) < 1e-12);
  const single = linearScale([2, 2], [0, 1]);
  assert.ok(Math.abs(single.place(2) - 0.5) < 1e-12, 'a single value stands in the middle');
});

test('tick labels share their decimals', () => {
  const scale = linearScale([-0.5, 0.5], [0, 1], 4);
  assert.deepEqual(scale.ticks.map(scale.label), ['−0.4', '−0.2', '0.0', '0.2', '0.4']);
  const log = logScale([0.001, 10_000], [0, 1], 10);
  assert.deepEqual(log.ticks.map(log.label), ['0.001', '0.01', '0.1', '1', '10', '100', '1,000', '10,000']);
});

test('a span leaves out what is not finite', () => {
  assert.deepEqual(spanOf([3, Number.NaN, 1, Number.POSITIVE_INFINITY]), [1, 3]);
  assert.deepEqual(spanOf([]), [0, 1]);
  assert.deepEqual(spanOf([0, 10], 0.1), [-1, 11]);
});
