import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { parameterisations, targetWeights, toCleanAndNoise } from '../../src/diffusion/parameterisation.js';
import { OptionError } from '../../src/errors.js';
import { largestDifference } from './golden-ddpm.js';

const value = fc.float({ min: -5, max: 5, noNaN: true });

function predictionOf(kind: (typeof parameterisations)[number], x0: number, eps: number, alphaBar: number) {
  const { clean, noise } = targetWeights(kind, alphaBar);
  return {
    x: Float32Array.of(Math.sqrt(alphaBar) * x0 + Math.sqrt(1 - alphaBar) * eps),
    prediction: Float32Array.of(clean * x0 + noise * eps),
  };
}

test('a perfect prediction gives back the clean row and the noise', () => {
  fc.assert(
    fc.property(
      fc.constantFrom(...parameterisations),
      value,
      value,
      fc.double({ min: 0.01, max: 0.99, noNaN: true }),
      (kind, x0, eps, alphaBar) => {
        const { x, prediction } = predictionOf(kind, x0, eps, alphaBar);
        const recovered = toCleanAndNoise(kind, prediction, x, alphaBar);
        assert.ok(largestDifference(recovered.x0, [x0]) < 2e-5);
        assert.ok(largestDifference(recovered.eps, [eps]) < 2e-5);
      },
    ),
  );
});

test('v and x0 work where there is no signal left', () => {
  for (const kind of ['v', 'x0'] as const) {
    const { x, prediction } = predictionOf(kind, 1.5, -0.5, 0);
    assert.deepEqual(toCleanAndNoise(kind, prediction, x, 0), {
      x0: Float32Array.of(1.5),
      eps: Float32Array.of(-0.5),
    });
  }
});

test('everything is finite where there is no noise left, and x0 is x', () => {
  for (const kind of parameterisations) {
    const { x, prediction } = predictionOf(kind, 1.5, 0, 1);
    assert.deepEqual(toCleanAndNoise(kind, prediction, x, 1), {
      x0: Float32Array.of(1.5),
      eps: Float32Array.of(0),
    });
  }
});

test('eps is refused where there is no signal left', () => {
  assert.throws(
    () => toCleanAndNoise('eps', Float32Array.of(1), Float32Array.of(1), 0),
    (error) => error instanceof OptionError && error.message.includes("'v'"),
  );
});
