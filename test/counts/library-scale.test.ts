import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import {
  isLibraryScale,
  type LibraryScale,
  libraryLog,
  libraryPlace,
  libraryScale,
  placeOfScore,
} from '../../src/counts/library-scale.js';
import { normalQuantile } from '../../src/random/normal-quantile.js';
import { stream } from '../../src/random/stream.js';

const totals = fc.array(fc.integer({ min: 1, max: 5_000 }), { minLength: 1, maxLength: 400 });
const logsOf = (sizes: readonly number[]) => Float32Array.from(sizes, Math.log);
const sizeOfScore = (scale: LibraryScale, score: number) =>
  Math.exp(libraryLog(scale, placeOfScore(scale, score)));

test('places lead back to every library size of few cells', () => {
  fc.assert(
    fc.property(totals, (sizes) => {
      const scale = libraryScale(logsOf(sizes));
      assert.ok(isLibraryScale(scale));
      for (const log of logsOf(sizes)) {
        assert.ok(Math.abs(libraryLog(scale, libraryPlace(scale, log)) - log) < 1e-5);
      }
    }),
  );
});

test('whatever the place, the library size lies among those of training cells', () => {
  fc.assert(
    fc.property(totals, fc.float({ noNaN: true, min: -20, max: 20 }), (sizes, place) => {
      const size = Math.round(Math.exp(libraryLog(libraryScale(logsOf(sizes)), place)));
      assert.ok(size >= Math.min(...sizes) && size <= Math.max(...sizes), `${size}`);
    }),
  );
});

test('normal scores become the distribution of training cells, of two kinds and cut below too', () => {
  const random = stream(1, 'library sizes');
  const size = () => Math.round(20 + Math.exp((random.uniform() < 0.7 ? 5 : 8) + 0.4 * random.normal()));
  const sizes = Array.from({ length: 20_000 }, size).sort((a, b) => a - b);
  const scale = libraryScale(logsOf(sizes));
  assert.ok(scale.logs.length <= 2_050, `${scale.logs.length} knots`);
  const drawn = Array.from({ length: 20_000 }, () => sizeOfScore(scale, random.normal()));
  drawn.sort((a, b) => a - b);
  for (const share of [0.001, 0.01, 0.25, 0.5, 0.65, 0.8, 0.99, 0.999]) {
    const rank = Math.floor(share * 20_000);
    // Four standard errors of a share, on either side.
    const off = Math.ceil(4 * Math.sqrt(share * (1 - share) * 20_000)) + 1;
    const [low, high] = [sizes[Math.max(rank - off, 0)], sizes[Math.min(rank + off, 19_999)]];
    assert.ok(
      drawn[rank] >= low - 1 && drawn[rank] <= high + 1,
      `${share}: ${drawn[rank]}, ${low} to ${high}`,
    );
  }
});

test('where many cells have one size, as many are drawn with it', () => {
  const sizes = [...new Array<number>(300).fill(1), 2, 3, 5, 8, ...new Array<number>(696).fill(1_000)];
  const scale = libraryScale(logsOf(sizes));
  const random = stream(2, 'library sizes');
  const drawn = Array.from({ length: 20_000 }, () => sizeOfScore(scale, random.normal()));
  const shareOf = (size: number) => drawn.filter((one) => Math.abs(one - size) < 0.01).length / 20_000;
  assert.ok(Math.abs(shareOf(1) - 0.3) < 0.015, `${shareOf(1)}`);
  assert.ok(Math.abs(shareOf(1_000) - 0.696) < 0.015, `${shareOf(1_000)}`);
  // In the middle of its cells' scores, so that noise on a place does not change the size.
  assert.ok(Math.abs(libraryPlace(scale, 0) - (scale.places[0] + scale.places[1]) / 2) < 1e-6);
});

test('a size that no training cell has lies between its neighbours, one beyond them with the last', () => {
  const scale = libraryScale(logsOf([10, 20, 40, 80]));
  const place = (size: number) => libraryPlace(scale, Math.log(size));
  assert.ok(place(10) < place(14) && place(14) < place(20));
  assert.equal(place(3), scale.places[0]);
  assert.equal(place(500), scale.places[3]);
});

test('a place out of all bounds is no library size', () => {
  const scale = libraryScale(logsOf([10, 20]));
  for (const place of [
    scale.places[1] + 20.1,
    scale.places[0] - 20.1,
    -1e9,
    Number.NaN,
    Number.POSITIVE_INFINITY,
  ]) {
    assert.ok(Number.isNaN(libraryLog(scale, place)), `${place}`);
  }
  assert.ok(Number.isFinite(libraryLog(scale, scale.places[0] - 19.9)));
});

test('a cell far from all others keeps its size, and a place that does not outweigh theirs', () => {
  const [usual, far] = [Math.log(10), Math.log(1e9)];
  const outlier = libraryScale([...new Array<number>(20_000).fill(usual), far]);
  assert.ok(Math.abs(libraryLog(outlier, libraryPlace(outlier, far)) - far) < 1e-5);
  assert.ok(libraryPlace(outlier, far) < 6, `${libraryPlace(outlier, far)}`);
});

test('normally distributed logarithms lie as far apart as their normal scores', () => {
  const random = stream(3, 'library sizes');
  const logs = Float32Array.from({ length: 20_000 }, () => 7 + 0.6 * random.normal());
  const scale = libraryScale(logs);
  for (const score of [-2, -1, 0, 1, 2]) {
    const distance = placeOfScore(scale, score) - placeOfScore(scale, 0);
    assert.ok(Math.abs(distance - score) < 0.05, `${score}: ${distance}`);
  }
});

test('between two kinds of cells a gap stays, half as wide as in deviations of the logarithms', () => {
  const random = stream(4, 'library sizes');
  const logs = Array.from({ length: 4_000 }, (_, i) => (i % 20 === 0 ? 9 : 5) + 0.2 * random.normal());
  const scale = libraryScale(logs);
  const [end, start] = [scale.logs.findLastIndex((log) => log < 7), scale.logs.findIndex((log) => log > 7)];
  assert.ok(scale.scores[start] - scale.scores[end] < 0.01);
  // Logarithms from 5.7 to 8.4, and a deviation of .9: half of 3 is 1.5.
  const gap = scale.places[start] - scale.places[end];
  assert.ok(gap > 1.5 && gap < 2, `${gap}`);
});

test('what is no scale is told from one', () => {
  const isScale = (logs: number[], scores: number[], places = scores) =>
    isLibraryScale({
      logs: Float32Array.from(logs),
      scores: Float32Array.from(scores),
      places: Float32Array.from(places),
    });
  assert.ok(isScale([1], [0]));
  assert.ok(isScale([1, 1, 2], [0, 1, 2]));
  assert.ok(isScale([1, 2], [0, 1], [0, 5]));
  assert.ok(!isScale([], []));
  assert.ok(!isScale([1, 2], [0]));
  assert.ok(!isScale([1, 2], [0, 1], [0]));
  assert.ok(!isScale([2, 1], [0, 1]));
  assert.ok(!isScale([1, 2], [0, 0]));
  assert.ok(!isScale([1, 2], [0, 1], [1, 1]));
  assert.ok(!isScale([1, 2], [0, 1], [0, Number.POSITIVE_INFINITY]));
  assert.ok(!isScale([1, Number.NaN], [0, 1]));
  assert.ok(!isScale([1, Number.POSITIVE_INFINITY], [0, 1]));
  assert.ok(!isScale([1, 60], [0, 1]));
  assert.ok(!isScale([-1, 2], [0, 1]));
});

test('quantiles of the normal distribution', () => {
  // scipy.stats.norm.ppf
  for (const [p, quantile] of [
    [1e-20, -9.26234009],
    [1e-6, -4.753424308822899],
    [0.05, -1.6448536269514729],
    [0.5, 0],
    [0.7, 0.5244005127080407],
    [0.999, 3.090232306167813],
  ] as const) {
    assert.ok(Math.abs(normalQuantile(p) - quantile) < 3e-7 * Math.max(1, Math.abs(quantile)), `${p}`);
  }
});
