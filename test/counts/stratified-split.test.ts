import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { stratifiedSplit } from '../../src/counts/stratified-split.js';
import { OptionError } from '../../src/errors.js';

const labels = fc.array(fc.constantFrom('a', 'b', 'c', 'd', null), { minLength: 1, maxLength: 200 });
const fraction = fc.double({ min: 0.01, max: 0.99, noNaN: true });

describe('stratifiedSplit', () => {
  it('parts the cells, both parts ascending', () => {
    fc.assert(
      fc.property(labels, fraction, fc.nat(), (classes, share, seed) => {
        const { train, test } = stratifiedSplit(classes, classes.length, share, seed);
        assert.deepEqual(train, train.slice().sort());
        assert.deepEqual(test, test.slice().sort());
        const all = Int32Array.from([...train, ...test]).sort();
        assert.deepEqual(all, Int32Array.from(classes.keys()));
      }),
    );
  });

  it('gives every class its share to within one cell, and one training cell at least', () => {
    fc.assert(
      fc.property(labels, fraction, fc.nat(), (classes, share, seed) => {
        const { test } = stratifiedSplit(classes, classes.length, share, seed);
        for (const label of new Set(classes)) {
          const size = classes.filter((other) => other === label).length;
          const taken = test.filter((cell) => classes[cell] === label).length;
          assert.ok(Math.abs(taken - size * share) <= 1, `${taken} of ${size} at ${share}`);
          assert.ok(taken < size);
        }
      }),
    );
  });

  it('sets aside the share of all cells where classes are large', () => {
    const classes = Array.from({ length: 1000 }, (_, cell) => cell % 7);
    for (const share of [0.1, 0.25, 0.333, 0.5]) {
      assert.equal(stratifiedSplit(classes, 1000, share, 1).test.length, Math.round(1000 * share));
    }
  });

  it('depends on the seed alone', () => {
    const split = (seed: number) => stratifiedSplit(null, 100, 0.3, seed);
    assert.deepEqual(split(4), split(4));
    assert.notDeepEqual(split(4), split(5));
    assert.equal(split(4).test.length, 30);
  });

  it('refuses fractions that leave a part empty', () => {
    for (const share of [0, 1, -0.2, 25, Number.NaN]) {
      assert.throws(() => stratifiedSplit(null, 10, share, 1), OptionError);
    }
  });
});
