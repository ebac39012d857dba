import assert from 'node:assert/strict';
import { test } from 'node:test';
import { countsOfLibrarySize } from '../../src/counts/exact-library.js';
import { OptionError } from '../../src/errors.js';
import { logFactorial } from '../../src/random/log-factorial.js';
import { stream } from '../../src/random/stream.js';

function draw(cell: number, means: readonly number[], thetas: readonly number[]): Float32Array {
  const out = new Float32Array(means.length);
  countsOfLibrarySize(stream(4, 'exact library', cell), means, thetas, out);
  return out;
}

/** log Gamma(x + theta) - log Gamma(theta) for a whole x. */
const logRising = (theta: number, x: number): number => {
  let sum = 0;
  for (let k = 0; k < x; k++) sum += Math.log(theta + k);
  return sum;
};

const logNegativeBinomial = (x: number, mean: number, theta: number): number =>
  logRising(theta, x) -
  logFactorial(x) +
  theta * Math.log(theta / (theta + mean)) +
  x * Math.log(mean / (theta + mean));

test('cells are drawn as negative binomials given their sum, however unlike the dispersions', () => {
  const means = [2.2, 0.7, 0.1];
  const thetas = [0.3, 5, 0.05];
  const librarySize = 3;
  const chances = new Map<string, number>();
  let all = 0;
  for (let a = 0; a <= librarySize; a++) {
    for (let b = 0; a + b <= librarySize; b++) {
      const counts = [a, b, librarySize - a - b];
      const chance = Math.exp(
        counts.reduce((sum, x, gene) => sum + logNegativeBinomial(x, means[gene], thetas[gene]), 0),
      );
      chances.set(counts.join(), chance);
      all += chance;
    }
  }
  const cells = 20_000;
  const seen = new Map<string, number>();
  for (let cell = 0; cell < cells; cell++) {
    const key = Array.from(draw(cell, means, thetas)).join();
    seen.set(key, (seen.get(key) ?? 0) + 1);
  }
  assert.ok([...seen.keys()].every((key) => chances.has(key)));
  for (const [key, chance] of chances) {
    const expected = (cells * chance) / all;
    const deviation = Math.sqrt(expected) + 1;
    const found = seen.get(key) ?? 0;
    assert.ok(Math.abs(found - expected) < 4 * deviation, `${key}: ${found}, not ${expected.toFixed(1)}`);
  }
});

test('the sum is the rounded sum of means, whatever the dispersions', () => {
  for (const theta of [1e-4, 0.1, 20, Infinity]) {
    for (let cell = 0; cell < 50; cell++) {
      const means = Array.from({ length: 40 }, (_, gene) => (gene + cell) / 30);
      const expected = Math.round(means.reduce((a, b) => a + b, 0));
      const counts = draw(
        cell,
        means,
        means.map(() => theta),
      );
      assert.equal(
        counts.reduce((a, b) => a + b, 0),
        expected,
        `theta ${theta}`,
      );
    }
  }
});

test('an empty cell stays empty, and impossible means are refused', () => {
  assert.deepEqual(draw(0, [0.1, 0.2, 0], [1, 1, 1]), Float32Array.of(0, 0, 0));
  assert.throws(() => draw(0, [1, -2, 3], [1, 1, 1]), OptionError);
  assert.throws(() => draw(0, [1, Number.NaN], [1, 1]), OptionError);
  assert.throws(() => draw(0, [1, 2], [1, 0]), OptionError);
});
