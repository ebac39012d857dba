import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { OptionError } from '../../src/errors.js';
import { logFactorial } from '../../src/random/log-factorial.js';
import { type Stream, stream } from '../../src/random/stream.js';

const DRAWS = 100_000;
/** Kolmogorov-Smirnov critical value at p = 1e-5 (seeds are fixed, so a pass stays a pass). */
const KS_LIMIT = Math.sqrt(-Math.log(0.5e-5) / 2 / DRAWS);

/** Largest distance between the draws' and the true cumulative distribution. */
function ksDistance(draws: Float64Array, cdf: (x: number) => number): number {
  const sorted = draws.slice().sort();
  return sorted.reduce((worst, x, i) => {
    const p = cdf(x);
    return Math.max(worst, Math.abs(p - i / DRAWS), Math.abs(p - (i + 1) / DRAWS));
  }, 0);
}

/** Largest distance of the cumulative frequencies from those of a probability mass function. */
function massDistance(draws: Float64Array, logMass: (k: number) => number): number {
  const counts = new Map<number, number>();
  for (const draw of draws) counts.set(draw, (counts.get(draw) ?? 0) + 1);
  const largest = Math.max(...counts.keys());
  let observed = 0;
  let expected = 0;
  let worst = 0;
  for (let k = 0; k <= largest; k++) {
    observed += (counts.get(k) ?? 0) / DRAWS;
    expected += Math.exp(logMass(k));
    worst = Math.max(worst, Math.abs(observed - expected));
  }
  return worst;
}

function draw(sample: (draws: Stream) => number): Float64Array {
  const draws = stream(17, 'test');
  return Float64Array.from({ length: DRAWS }, () => sample(draws));
}

function moments(values: Float64Array): { mean: number; variance: number } {
  const mean = values.reduce((sum, x) => sum + x, 0) / values.length;
  const variance = values.reduce((sum, x) => sum + (x - mean) ** 2, 0) / values.length;
  return { mean, variance };
}

/** ln of the product theta (theta + 1) ... (theta + k - 1). */
function logRising(theta: number, k: number): number {
  let sum = 0;
  for (let j = 0; j < k; j++) sum += Math.log(theta + j);
  return sum;
}

/** Normal cumulative distribution by the series of its density (Abramowitz and Stegun 26.2.11). */
function normalCdf(x: number): number {
  if (Math.abs(x) > 6) return x > 0 ? 1 : 0;
  let term = x;
  let sum = x;
  for (let n = 3; Math.abs(term) > 1e-17; n += 2) {
    term *= (x * x) / n;
    sum += term;
  }
  return 0.5 + (sum * Math.exp((-x * x) / 2)) / Math.sqrt(2 * Math.PI);
}

describe('distributions', () => {
  it('uniform', () => {
    const values = draw((draws) => draws.uniform());
    assert.ok(values.every((x) => x > 0 && x < 1));
    assert.ok(ksDistance(values, (x) => x) < KS_LIMIT);
  });

  it('normal', () => {
    assert.ok(
      ksDistance(
        draw((draws) => draws.normal()),
        normalCdf,
      ) < KS_LIMIT,
    );
  });

  it('gamma of shape 1 and 1/2 (exponential, half a squared normal)', () => {
    assert.ok(
      ksDistance(
        draw((draws) => draws.gamma(1)),
        (x) => 1 - Math.exp(-x),
      ) < KS_LIMIT,
    );
    const half = draw((draws) => draws.gamma(0.5));
    assert.ok(ksDistance(half, (x) => 2 * normalCdf(Math.sqrt(2 * x)) - 1) < KS_LIMIT);
  });

  for (const shape of [0.05, 0.7, 3.5, 200]) {
    it(`gamma of shape ${shape} has mean and variance ${shape}`, () => {
      const { mean, variance } = moments(draw((draws) => draws.gamma(shape)));
      // Five standard errors; the fourth central moment of a gamma is 3 a^2 + 6 a.
      assert.ok(Math.abs(mean - shape) < 5 * Math.sqrt(shape / DRAWS));
      assert.ok(Math.abs(variance - shape) < 5 * Math.sqrt((2 * shape ** 2 + 6 * shape) / DRAWS));
    });
  }

  for (const mean of [0.03, 1, 11.9, 12.1, 60, 900]) {
    it(`Poisson of mean ${mean}`, () => {
      const logMass = (k: number) => k * Math.log(mean) - mean - logFactorial(k);
      assert.ok(
        massDistance(
          draw((draws) => draws.poisson(mean)),
          logMass,
        ) < KS_LIMIT,
      );
    });
  }

  for (const [mean, theta] of [
    [0.02, 0.1],
    [1, 0.5],
    [4, 20],
    [11.9, 2],
    [12.1, 2],
    [80, 0.8],
  ]) {
    it(`negative binomial of mean ${mean} and theta ${theta}`, () => {
      const logMass = (k: number) =>
        logRising(theta, k) -
        logFactorial(k) -
        theta * Math.log1p(mean / theta) +
        k * Math.log(mean / (mean + theta));
      assert.ok(
        massDistance(
          draw((draws) => draws.negativeBinomial(mean, theta)),
          logMass,
        ) < KS_LIMIT,
      );
    });
  }

  it('are zero at mean 0, and negative binomial at theta Infinity is Poisson', () => {
    const draws = stream(1, 'zero');
    assert.equal(draws.poisson(0), 0);
    assert.equal(draws.negativeBinomial(0, 1), 0);
    assert.equal(stream(2, 'x').negativeBinomial(3, Infinity), stream(2, 'x').poisson(3));
  });

  it('refuse parameters out of range', () => {
    const draws = stream(1, 'x');
    for (const bad of [-1, Number.NaN]) {
      assert.throws(() => draws.poisson(bad), OptionError);
      assert.throws(() => draws.gamma(bad), OptionError);
      assert.throws(() => draws.negativeBinomial(bad, 1), OptionError);
      assert.throws(() => draws.negativeBinomial(1, bad), OptionError);
    }
  });
});

describe('logFactorial', () => {
  it('joins the table and the series', () => {
    let sum = 0;
    for (let k = 1; k <= 1000; k++) {
      sum += Math.log(k);
      assert.ok(Math.abs(logFactorial(k) - sum) < 1e-12 * (1 + sum), `${k}`);
    }
  });
});
