import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { codingRate, subspaceRates } from '../../src/explain/coding-rate.js';
import { measureLayer } from '../../src/explain/layer-measures.js';
import { assertAllClose, assertClose } from '../metrics/close.js';

const [tokens, dim, heads] = [5, 6, 2];
const z = Float64Array.from({ length: tokens * dim }, (_, at) =>
  Math.sin(1 + 3 * Math.floor(at / dim) + 7 * (at % dim)),
);
const u = Float32Array.from({ length: dim * dim }, (_, at) =>
  Math.cos(2 + 5 * Math.floor(at / dim) + 2 * (at % dim)),
);

test("NumPy's slogdet of the published definition gives the same rates", () => {
  // .5 * slogdet(eye(d) + d / (n * .01) * Zn @ Zn.T)[1] with Zn the tokens of unit length, as columns (NumPy 1.24)
  assertClose(codingRate(z, tokens, dim), 4.699773536338014, 1e-9);
  assertAllClose(subspaceRates(z, tokens, dim, u, heads), [2.341880999877623, 2.196901986364303], 1e-6);
});

test('a rate does not depend on lengths of tokens, and is smallest where all point one way', () => {
  const token = fc.double({ min: -3, max: 3, noNaN: true });
  fc.assert(
    fc.property(
      fc.array(token, { minLength: 12, maxLength: 12 }),
      fc.double({ min: 0.1, max: 9, noNaN: true }),
      (values, factor) => {
        if ([0, 3, 6, 9].some((at) => Math.hypot(...values.slice(at, at + 3)) < 1e-3)) return;
        const rate = codingRate(values, 4, 3);
        assertClose(
          codingRate(
            values.map((value) => value * factor),
            4,
            3,
          ),
          rate,
          1e-8,
        );
        const alike = [0, 1, 2, 3].flatMap(() => values.slice(0, 3));
        assert.ok(rate >= codingRate(alike, 4, 3) - 1e-9);
      },
    ),
  );
});

test('a layer is measured by cell and over all cells, by plain loops', () => {
  const cells = 3;
  const [before, attended] = [0, 1].map((shift) =>
    Float32Array.from(
      { length: cells * tokens * dim },
      (_, at) => Math.sin(at * 1.7 + shift) + Math.cos(at * 0.3),
    ),
  );
  const code = Float32Array.from({ length: cells * tokens * 8 }, (_, at) => Math.max(0, Math.sin(at)));
  const measure = measureLayer(1, 300, { cells, tokens, dim, before, attended, code }, { heads, weights: u });
  const parts = (of: Float32Array) =>
    [0, 1, 2].map((cell) => of.subarray(cell * tokens * dim, (cell + 1) * tokens * dim));
  const byCell = (of: Float32Array) =>
    parts(of).reduce((sum, own) => sum + plainSubspaceRate(own, tokens), 0) / cells;
  assertClose(measure.rateBefore, byCell(before), 1e-4);
  assertClose(measure.rateAfter, byCell(attended), 1e-4);
  assertClose(measure.pooledBefore, plainSubspaceRate(before, cells * tokens), 1e-4);
  assertClose(measure.pooledAfter, plainSubspaceRate(attended, cells * tokens), 1e-4);
  const whole =
    parts(attended).reduce((sum, own) => sum + plainRate(unit(own, tokens), dim, tokens), 0) / cells;
  assertClose(measure.reduction, whole - byCell(attended), 1e-4);
  assertClose(measure.zeros, code.filter((value) => value === 0).length / code.length, 1e-12);
});

const unit = (of: ArrayLike<number>, n: number): number[][] =>
  Array.from({ length: n }, (_, token) => {
    const row = Array.from({ length: dim }, (_, i) => of[token * dim + i]);
    return row.map((value) => value / Math.hypot(...row));
  });

function plainSubspaceRate(of: ArrayLike<number>, n: number): number {
  const width = dim / heads;
  return [0, 1].reduce((sum, head) => {
    const w = unit(of, n).map((token) =>
      Array.from({ length: width }, (_, k) =>
        token.reduce((all, value, i) => all + value * u[(head * width + k) * dim + i], 0),
      ),
    );
    return sum + plainRate(w, width, n);
  }, 0);
}

/** 1/2 ln det(I + d / (n eps) W W') with W of d x n, by Gaussian elimination. */
function plainRate(w: number[][], d: number, n: number): number {
  const a = Array.from({ length: d }, (_, i) =>
    Array.from(
      { length: d },
      (_, j) => (i === j ? 1 : 0) + (d / (n * 0.01)) * w.reduce((sum, row) => sum + row[i] * row[j], 0),
    ),
  );
  let log = 0;
  for (let i = 0; i < d; i++) {
    log += Math.log(a[i][i]);
    for (let r = i + 1; r < d; r++) {
      const factor = a[r][i] / a[i][i];
      for (let c = i; c < d; c++) a[r][c] -= factor * a[i][c];
    }
  }
  return log / 2;
}
