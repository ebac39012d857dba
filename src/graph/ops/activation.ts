import { operation, type Tensor, withVjp } from '../tensor.js';
import { add, isPositive, mul, sub } from './elementwise.js';

export function relu(x: Tensor): Tensor {
  const y: Tensor = operation('Relu', [x], x.shape, {}, (g) => [mul(g, isPositive(y))]);
  return y;
}

export function sigmoid(x: Tensor): Tensor {
  const y: Tensor = operation('Sigmoid', [x], x.shape, {}, (g) => [mul(g, mul(y, sub(1, y)))]);
  return y;
}

/** log(1 + e^x), without overflow. */
export function softplus(x: Tensor): Tensor {
  return operation('Softplus', [x], x.shape, {}, (g) => [mul(g, sigmoid(x))]);
}

/** x sigmoid(x); also known as swish (Elfwing et al. 2017). */
export function silu(x: Tensor): Tensor {
  return mul(x, sigmoid(x));
}

/**
 * The tanh approximation of GELU (Hendrycks and Gimpel 2016), written with a sigmoid:
 * 0.5 (1 + tanh u) = sigmoid(2u), u = sqrt(2/pi) (x + 0.044715 x^3).
 */
export function gelu(x: Tensor): Tensor {
  const squared = mul(x, x);
  const s = sigmoid(mul(x, add(mul(squared, GELU_CUBIC), GELU_LINEAR)));
  const y = mul(x, s);
  // The derivative, s + y (1 - s) (2u)', shares what is known already: half the passes of a rule for each factor.
  return withVjp(y, [x], (g) => {
    const slope = add(mul(squared, 3 * GELU_CUBIC), GELU_LINEAR);
    return [mul(g, add(s, mul(mul(y, sub(1, s)), slope)))];
  });
}

const GELU_LINEAR = 2 * Math.sqrt(2 / Math.PI);
const GELU_CUBIC = GELU_LINEAR * 0.044715;
