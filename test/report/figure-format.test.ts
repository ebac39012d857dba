import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formatShareIfAny, formatValue, shorten } from '../../src/report/figure-format.js';

test('values have three significant digits and are never silently wrong', () => {
  const cases: [number, string][] = [
    [0.5754, '0.575'],
    [-0.0007, '−0.0007'],
    [0.000712, '0.00071'],
    [0, '0'],
    [168.4, '168'],
    [21_379.4, '21,379'],
    [2.13e-7, '2.1e−7'],
    [Number.NaN, 'not defined'],
    [Number.NEGATIVE_INFINITY, '−infinite'],
  ];
  for (const [value, text] of cases) assert.equal(formatValue(value), text);
});

test('shares, and their absence', () => {
  assert.equal(formatShareIfAny(0.9192), '91.9%');
  assert.equal(formatShareIfAny(null), '–');
});

test('shortening keeps whole characters', () => {
  assert.equal(shorten('B cell', 6), 'B cell');
  assert.equal(shorten('CD14+ monocyte', 6), 'CD14+…');
  assert.equal(shorten('🧬🧬🧬', 2), '🧬…');
});
