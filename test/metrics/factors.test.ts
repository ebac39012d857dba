import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { OptionError } from '../../src/errors.js';
import { averagePrecision } from '../../src/metrics/average-precision.js';
import { nonNegativeFactors } from '../../src/metrics/nmf.js';
import { assertClose } from './close.js';

test('average precision is that of scikit-learn, ties and all', () => {
  // sklearn.metrics.average_precision_score, 1.2
  const precision = averagePrecision([0.9, 0.8, 0.8, 0.3, 0.2, 0.2, 0.2], [1, 0, 1, 1, 0, 0, 1]);
  assertClose(precision, 0.7470238095238095, 1e-12);
  assert.ok(Number.isNaN(averagePrecision([1, 2], [0, 0])));
});

test('average precision is 1 for positives in front, and no order of equal scores matters', () => {
  fc.assert(
    fc.property(fc.array(fc.constantFrom(0, 1), { minLength: 1, maxLength: 30 }), (positives) => {
      if (!positives.includes(1)) return;
      assert.equal(averagePrecision(positives, positives), 1);
      const share = positives.filter((one) => one === 1).length / positives.length;
      assertClose(
        averagePrecision(
          positives.map(() => 7),
          positives,
        ),
        share,
        1e-12,
      );
    }),
  );
});

const [rows, cols] = [40, 25];
const data = Float64Array.from({ length: rows * cols }, (_, at) => {
  const [i, j] = [Math.floor(at / cols), at % cols];
  return Math.max(0, Math.sin(i * 0.7) + Math.cos(j * 0.9 + (i % 3) * 2) + Math.sin(i * j * 0.13));
});
const matrix = { format: 'dense', rows, cols, data } as const;

test("NMF explains as much as scikit-learn's", () => {
  // sklearn.decomposition.NMF(4, max_iter=2000, tol=1e-8), 1.2: .19570 (init='random'), .19577 ('nndsvda')
  const { residual, usage, factors } = nonNegativeFactors(matrix, 4, 0);
  assert.ok(residual < 0.1957 * 1.02, `${residual}`);
  let [left, all] = [0, 0];
  for (let i = 0; i < rows; i++) {
    for (let j = 0; j < cols; j++) {
      const value = [0, 1, 2, 3].reduce((sum, c) => sum + usage[i * 4 + c] * factors[c * cols + j], 0);
      left += (data[i * cols + j] - value) ** 2;
      all += data[i * cols + j] ** 2;
    }
  }
  assertClose(residual, left / all, 1e-6);
  assert.ok([...usage, ...factors].every((value) => value >= 0));
});

test('NMF repeats with its seed, and refuses what it cannot factor', () => {
  assert.deepEqual(nonNegativeFactors(matrix, 3, 5), nonNegativeFactors(matrix, 3, 5));
  assert.throws(() => nonNegativeFactors(matrix, 26, 0), OptionError);
  assert.throws(
    () => nonNegativeFactors({ ...matrix, data: data.map((value) => value - 1) }, 2, 0),
    OptionError,
  );
});
