import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { DataError } from '../../src/errors.js';
import type { DenseMatrix } from '../../src/io/anndata.js';
import { takePoints } from '../../src/metrics/points.js';
import {
  forestTwoSampleTest,
  logisticTwoSampleTest,
  neighbourTwoSampleTest,
  type TwoSampleTest,
} from '../../src/metrics/two-sample-test.js';
import { stream } from '../../src/random/stream.js';
import { normalPoints } from './simulated-cells.js';

const cells = 150;
/** Four standard errors of the AUROC of two equal populations: sqrt((2 n + 1) / (12 n^2)), doubled for folds in common. */
const chance = 4 * 2 * Math.sqrt((2 * cells + 1) / (12 * cells ** 2));

const tests: readonly [string, (real: DenseMatrix, generated: DenseMatrix, seed: number) => TwoSampleTest][] =
  [
    ['forest', (real, generated, seed) => forestTwoSampleTest(real, generated, 30, seed)],
    ['logistic', logisticTwoSampleTest],
    ['neighbours', neighbourTwoSampleTest],
  ];

for (const [name, run] of tests) {
  describe(`two-sample test by ${name}`, () => {
    it('cannot tell two samples of one population apart', () => {
      fc.assert(
        fc.property(fc.nat({ max: 1000 }), (seed) => {
          const { auroc } = run(normalPoints(cells, 5, 2 * seed), normalPoints(cells, 5, 2 * seed + 1), seed);
          assert.ok(Math.abs(auroc - 0.5) < chance, `${auroc}`);
        }),
        { numRuns: 5 },
      );
    });

    it('finds a shift, which the optimal classifier sees with AUROC 0.92', () => {
      const { auroc } = run(normalPoints(cells, 5, 1), normalPoints(cells, 5, 2, 2), 0);
      assert.ok(auroc > 0.82 && auroc < 0.98, `${auroc}`);
    });

    it('does not depend on the order of the cells but by its folds', () => {
      const [real, generated] = [normalPoints(cells, 5, 3), normalPoints(cells, 5, 4, 1)];
      const order = Int32Array.from({ length: cells }, (_, i) => i);
      const mixed = (points: DenseMatrix, seed: number) =>
        takePoints(points, stream(seed, 'order').shuffle(order.slice()));
      const before = run(real, generated, 0).auroc;
      const after = run(mixed(real, 1), mixed(generated, 2), 0).auroc;
      assert.ok(Math.abs(before - after) < 0.05, `${before} and ${after}`);
    });

    it('gives every cell its own score', () => {
      const { real, generated } = run(normalPoints(20, 3, 5), normalPoints(30, 3, 6, 8), 0);
      assert.equal(real.length, 20);
      assert.equal(generated.length, 30);
      assert.ok(Math.max(...real) < Math.min(...generated));
    });

    it('refuses fewer cells than folds, and other features', () => {
      assert.throws(() => run(normalPoints(4, 3, 0), normalPoints(9, 3, 1), 0), DataError);
      assert.throws(() => run(normalPoints(9, 3, 0), normalPoints(9, 4, 1), 0), DataError);
    });
  });
}

describe('neighbours', () => {
  it('show by their recalls that one class is called for all', () => {
    // Generated cells all in one place of a wide cloud: far real cells have it nearest, and it has itself.
    const real = normalPoints(100, 40, 1);
    const generated = normalPoints(100, 40, 2);
    generated.data.forEach((value, i) => {
      generated.data[i] = value * 0.1;
    });
    const { realRecall, generatedRecall } = neighbourTwoSampleTest(real, generated, 0);
    assert.equal(generatedRecall, 1);
    assert.ok(realRecall < 0.1, `${realRecall}`);
  });
});
