const TABLE_SIZE = 128;
const HALF_LOG_TWO_PI = 0.9189385332046728;

const table = new Float64Array(TABLE_SIZE);
for (let k = 2; k < TABLE_SIZE; k++) table[k] = table[k - 1] + Math.log(k);

/**
 * ln k! for an integer k >= 0, to about 1e-15 relative: a table, then Stirling's series
 * (Abramowitz and Stegun 6.1.41).
 */
export function logFactorial(k: number): number {
  if (k < TABLE_SIZE) return table[k];
  const x = k + 1;
  const inverse = 1 / x;
  const square = inverse * inverse;
  const series = inverse * (1 / 12 - square * (1 / 360 - square * (1 / 1260 - square / 1680)));
  return (x - 0.5) * Math.log(x) - x + HALF_LOG_TWO_PI + series;
}
