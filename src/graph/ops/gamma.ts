import { type Tensor, withVjp } from '../tensor.js';
import { add, div, log, mul, sub } from './elementwise.js';

/** How far the argument is shifted up before Stirling's series: from 4 on, three terms reach float32 precision. */
const SHIFT = 4;

/**
 * log (Gamma(theta + x) / Gamma(theta)), the log of the rising factorial theta (theta + 1) .. (theta + x - 1), for theta > 0 and x >= 0 of
 * the same shape; 0 where x is. By Stirling's series at 4 above and the recurrence Gamma(x + 1) = x Gamma(x); the difference is taken
 * term by term, since two log Gammas of a large theta would leave nothing of it in float32. ONNX has no such operator.
 * Source: Abramowitz and Stegun 6.1.15, 6.1.41. Only theta is differentiated.
 */
export function logRising(theta: Tensor, x: Tensor): Tensor {
  const low = add(theta, SHIFT);
  const high = add(low, x);
  const stirling = sub(
    add(mul(sub(high, 0.5), log(div(high, low))), mul(x, sub(log(low), 1))),
    sub(tail(low), tail(high)),
  );
  const recurrence = log(div(firstFactors(add(theta, x)), firstFactors(theta)));
  // Differentiated term by term, the series would lose digits and cost twice as many passes.
  return withVjp(sub(stirling, recurrence), [theta, x], (g) => [mul(g, digammaRise(theta, x)), null]);
}

/** What digamma, the derivative of log Gamma, rises by from theta to theta + x (Abramowitz and Stegun 6.3.5, 6.3.18). */
export function digammaRise(theta: Tensor, x: Tensor): Tensor {
  const low = add(theta, SHIFT);
  const high = add(low, x);
  const sum = add(theta, x);
  const stirling = add(log(div(high, low)), sub(digammaTail(low), digammaTail(high)));
  let rise = add(stirling, div(x, mul(theta, sum)));
  for (let k = 1; k < SHIFT; k++) rise = add(rise, div(x, mul(add(theta, k), add(sum, k))));
  return rise;
}

/** y (y + 1) (y + 2) (y + 3) */
function firstFactors(y: Tensor): Tensor {
  const outer = mul(y, add(y, 3));
  return mul(outer, add(outer, 2));
}

/** What Stirling's series has besides (y - 1/2) log y - y and a constant. */
function tail(y: Tensor): Tensor {
  const inverse = div(1, y);
  const squared = mul(inverse, inverse);
  return mul(inverse, add(1 / 12, mul(squared, sub(mul(squared, 1 / 1260), 1 / 360))));
}

/** What digamma's series takes from log y. */
function digammaTail(y: Tensor): Tensor {
  const inverse = div(1, y);
  const squared = mul(inverse, inverse);
  const rest = mul(squared, sub(1 / 12, mul(squared, sub(1 / 120, mul(squared, 1 / 252)))));
  return add(mul(inverse, 0.5), rest);
}
