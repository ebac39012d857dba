import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  formatAmount,
  formatBytes,
  formatDuration,
  formatNumber,
  formatShare,
} from '../src/number-format.js';

test('durations, amounts, shares and sizes read as people write them', () => {
  assert.deepEqual([0.34, 9.96, 38.4, 59.6, 185, 3599.9, 7801].map(formatDuration), [
    '0.3 s',
    '10.0 s',
    '38 s',
    '1 min 00 s',
    '3 min 05 s',
    '1 h 00 min',
    '2 h 10 min',
  ]);
  assert.deepEqual([formatAmount(1, 'cell'), formatAmount(2730, 'cell')], ['1 cell', '2,730 cells']);
  assert.equal(formatShare(0.9192), '91.9%');
  assert.deepEqual([512, 4003718, 2.5e9].map(formatBytes), ['512 bytes', '4.0 MB', '2.5 GB']);
  assert.deepEqual([0.91921, 168, 1469.5, 21379, 1.234567e-7, -2.0316, 1.23456e9, 1e38].map(formatNumber), [
    '0.9192',
    '168',
    '1,470',
    '21,379',
    '1.235e-7',
    '-2.032',
    '1.235e+9',
    '1e+38',
  ]);
});
