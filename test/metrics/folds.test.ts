import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { OptionError } from '../../src/errors.js';
import { splitByFold, stratifiedFolds } from '../../src/metrics/folds.js';

const spread = (sizes: readonly number[]) => Math.max(...sizes) - Math.min(...sizes);

describe('stratified folds', () => {
  it('hold equal shares of the cells and of every class, to one cell', () => {
    const codes = fc.array(fc.integer({ min: -1, max: 4 }), { minLength: 5, maxLength: 80 });
    fc.assert(
      fc.property(codes, fc.integer({ min: 2, max: 5 }), fc.nat(), (classes, k, seed) => {
        const folds = stratifiedFolds(classes, k, seed);
        const sizeOf = (fold: number, code?: number) =>
          folds.filter((one, cell) => one === fold && (code === undefined || classes[cell] === code)).length;
        const all = Array.from({ length: k }, (_, fold) => fold);
        assert.ok(spread(all.map((fold) => sizeOf(fold))) <= 1);
        for (const code of new Set(classes)) assert.ok(spread(all.map((fold) => sizeOf(fold, code))) <= 1);
      }),
    );
  });

  it('are shuffled, and the same for the same seed', () => {
    const codes = new Int32Array(100);
    assert.deepEqual(stratifiedFolds(codes, 5, 3), stratifiedFolds(codes, 5, 3));
    assert.notDeepEqual(stratifiedFolds(codes, 5, 3), stratifiedFolds(codes, 5, 4));
  });

  it('part the cells into those inside and those outside', () => {
    const { train, test } = splitByFold(Int32Array.of(1, 0, 1, 2), 1);
    assert.deepEqual([...train], [1, 3]);
    assert.deepEqual([...test], [0, 2]);
  });

  it('cannot be more than the cells, or fewer than two', () => {
    assert.throws(() => stratifiedFolds([0, 1], 3, 0), OptionError);
    assert.throws(() => stratifiedFolds([0, 1], 1, 0), OptionError);
  });
});
