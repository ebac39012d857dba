import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { auroc } from '../../src/metrics/auroc.js';
import { reference } from './simulated-cells.js';

const simulated = reference<{ auroc: { scores: number[]; truth: number[]; value: number } }>('classifiers');
const scores = fc.array(fc.integer({ min: -3, max: 3 }), { minLength: 1, maxLength: 20 });

describe('auroc', () => {
  it("is scikit-learn's, ties and all", () => {
    const { scores, truth, value } = simulated.auroc;
    const side = (wanted: number) => scores.filter((_, i) => truth[i] === wanted);
    assert.ok(Math.abs(auroc(side(1), side(0)) - value) < 1e-12);
  });

  it('is the share of pairs won, ties counted half', () => {
    fc.assert(
      fc.property(scores, scores, (high, low) => {
        const wins = high.flatMap((a) => low.map((b) => (a > b ? 1 : a === b ? 0.5 : 0)));
        const share = wins.reduce<number>((sum, win) => sum + win, 0) / wins.length;
        assert.ok(Math.abs(auroc(high, low) - share) < 1e-12);
      }),
    );
  });

  it('is exactly one half for a set and itself', () => {
    fc.assert(fc.property(scores, (set) => assert.equal(auroc(set, set), 0.5)));
  });

  it('is not a number where a side is empty', () => {
    assert.ok(Number.isNaN(auroc([], [1])));
  });
});
