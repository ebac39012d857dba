import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { OptionError } from '../../src/errors.js';
import { philox4x32 } from '../../src/random/philox.js';
import { stream } from '../../src/random/stream.js';

describe('philox4x32', () => {
  // The known-answer vectors of the authors' Random123 library.
  const vectors = [
    { counter: [0, 0, 0, 0], key: [0, 0], block: [0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8] },
    {
      counter: [0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff],
      key: [0xffffffff, 0xffffffff],
      block: [0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd],
    },
    {
      counter: [0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344],
      key: [0xa4093822, 0x299f31d0],
      block: [0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1],
    },
  ];
  for (const { counter, key, block } of vectors) {
    it(`gives the known answer for counter ${counter.map((word) => word.toString(16)).join(' ')}`, () => {
      const out = new Uint32Array(4);
      philox4x32(counter[0], counter[1], counter[2], counter[3], key[0], key[1], out);
      assert.deepEqual(Array.from(out), block);
    });
  }
});

describe('stream', () => {
  const words = (seed: number, purpose: string, index: number, step: number): number[] => {
    const draws = stream(seed, purpose, index, step);
    return Array.from({ length: 6 }, () => draws.uint32());
  };

  it('is fixed by seed, purpose, index and step, and changes with each of them', () => {
    const natural = fc.nat({ max: 2 ** 31 - 1 });
    fc.assert(
      fc.property(fc.maxSafeNat(), fc.string(), fc.maxSafeNat(), natural, (seed, purpose, index, step) => {
        const base = words(seed, purpose, index, step);
        assert.deepEqual(words(seed, purpose, index, step), base);
        assert.notDeepEqual(words(seed > 0 ? seed - 1 : 1, purpose, index, step), base);
        assert.notDeepEqual(words(seed, `${purpose}.`, index, step), base);
        assert.notDeepEqual(words(seed, purpose, index > 0 ? index - 1 : 1, step), base);
        assert.notDeepEqual(words(seed, purpose, index, step + 1), base);
      }),
    );
  });

  it('keeps indices beyond 32 bits apart', () => {
    assert.notDeepEqual(words(1, 'noise', 5, 0), words(1, 'noise', 5 + 2 ** 32, 0));
  });

  it('has neighbouring cells that do not correlate', () => {
    const cells = 20_000;
    const first = Float64Array.from({ length: cells + 1 }, (_, cell) => stream(3, 'noise', cell).normal());
    let product = 0;
    for (let cell = 0; cell < cells; cell++) product += first[cell] * first[cell + 1];
    assert.ok(Math.abs(product / cells) < 4 / Math.sqrt(cells));
  });

  it('fills the same normals as single draws, whatever the pieces', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 9 }), { maxLength: 8 }), (pieces) => {
        const total = pieces.reduce((sum, piece) => sum + piece, 0);
        const single = stream(1, 'x');
        const expected = Float32Array.from({ length: total }, () => single.normal());
        const filled = new Float32Array(total);
        const draws = stream(1, 'x');
        let start = 0;
        for (const piece of pieces) {
          draws.fillNormal(filled, start, piece);
          start += piece;
        }
        assert.deepEqual(filled, expected);
      }),
    );
  });

  it('shuffles without loss and every order about equally often', () => {
    const counts = new Map<string, number>();
    const draws = stream(5, 'shuffle');
    for (let i = 0; i < 6000; i++) {
      const order = draws.shuffle([0, 1, 2]).join('');
      counts.set(order, (counts.get(order) ?? 0) + 1);
    }
    assert.deepEqual([...counts.keys()].sort(), ['012', '021', '102', '120', '201', '210']);
    // Five standard deviations of a binomial(6000, 1/6).
    for (const count of counts.values()) assert.ok(Math.abs(count - 1000) < 145, `${count}`);
  });

  it('draws integers below n', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 2 ** 32 }), fc.nat(), (n, seed) => {
        const value = stream(seed, 'integer').integer(n);
        assert.ok(Number.isInteger(value) && value >= 0 && value < n);
      }),
    );
    assert.throws(() => stream(1, 'integer').integer(0), OptionError);
  });

  it('refuses seeds that are not whole numbers', () => {
    for (const seed of [-1, 0.5, Number.NaN, 2 ** 53]) assert.throws(() => stream(seed, 'x'), OptionError);
  });
});
