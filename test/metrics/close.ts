import assert from 'node:assert/strict';

/** Fails unless both numbers agree to `tolerance`, relative to the larger of the expected one and 1. */
export function assertClose(actual: number, expected: number, tolerance = 1e-6, what = 'value'): void {
  const error = Math.abs(actual - expected);
  assert.ok(error <= tolerance * Math.max(1, Math.abs(expected)), `${what}: ${actual}, expected ${expected}`);
}

export function assertAllClose(
  actual: ArrayLike<number>,
  expected: ArrayLike<number>,
  tolerance = 1e-6,
): void {
  assert.equal(actual.length, expected.length);
  for (let i = 0; i < actual.length; i++) assertClose(actual[i], expected[i], tolerance, `value ${i}`);
}
