import { type Tensor, withVjp } from '../tensor.js';
import { add, div, log, mul, sub } from './elementwise.js';

/** How far the argument is shifted up before Stirling's series: from 4 on, three terms reach float32 precision. */
const SHIFT = 4;

/**
 * log Gamma(x) for x > 0, by Stirling's series at x + 4 and the recurrence Gamma(x + 1) = x Gamma(x).
 * ONNX has no such operator. Source: Abramowitz and Stegun 6.1.15, 6.1.41.
 */
export function logGamma(x: Tensor): Tensor {
  const z = add(x, SHIFT);
  const inverse = div(1, z);
  const squared = mul(inverse, inverse);
  const series = mul(inverse, add(1 / 12, mul(squared, sub(mul(squared, 1 / 1260), 1 / 360))));
  const stirling = sub(mul(sub(z, 0.5), log(z)), sub(z, add(series, 0.5 * Math.log(2 * Math.PI))));
  let product = x;
  for (let k = 1; k < SHIFT; k++) product = mul(product, add(x, k));
  // Differentiated term by term, the series would lose digits and cost twice as many passes.
  return withVjp(sub(stirling, log(product)), [x], (g) => [mul(g, digamma(x))]);
}

/** The derivative of log Gamma for x > 0 (Abramowitz and Stegun 6.3.5, 6.3.18). */
export function digamma(x: Tensor): Tensor {
  const z = add(x, SHIFT);
  const inverse = div(1, z);
  const squared = mul(inverse, inverse);
  const series = mul(squared, sub(1 / 12, mul(squared, sub(1 / 120, mul(squared, 1 / 252)))));
  let value = sub(sub(log(z), mul(inverse, 0.5)), series);
  for (let k = 0; k < SHIFT; k++) value = sub(value, div(1, k === 0 ? x : add(x, k)));
  return value;
}
