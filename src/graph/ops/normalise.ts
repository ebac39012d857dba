import { constant, integers, operation, type Tensor, withVjp } from '../tensor.js';
import { add, div, exp, log, mul, sqrt, square, sub } from './elementwise.js';
import { sumKeep } from './shape.js';

/** e^x / sum e^x over the last axis. */
export function softmax(x: Tensor): Tensor {
  const last = x.shape.length - 1;
  const y: Tensor = operation('Softmax', [x], x.shape, { axis: -1 }, (g) => {
    const gy = mul(g, y);
    return [sub(gy, mul(y, sumKeep(gy, [last])))];
  });
  return y;
}

/** x - log sum e^x over the last axis; not the operator LogSoftmax, which the engine's WebGPU lacks. */
export function logSoftmax(x: Tensor): Tensor {
  const last = x.shape.length - 1;
  const below = sub(x, greatest(x));
  const y: Tensor = withVjp(sub(below, log(sumKeep(exp(below), [last]))), [x], (g) => [
    sub(g, mul(exp(y), sumKeep(g, [last]))),
  ]);
  return y;
}

/** The greatest value of the last axis, which stays with size 1. Nothing flows back. */
function greatest(x: Tensor): Tensor {
  const last = x.shape.length - 1;
  const shape = x.shape.map((dim, axis) => (axis === last ? 1 : dim));
  return operation('ReduceMax', [x, integers([last])], shape, { keepdims: 1 }, () => [null, null]);
}

/** (x - mean) / sqrt(variance + epsilon) over the last axis, without scale and shift (Ba et al. 2016). */
export function layerNorm(x: Tensor, epsilon: number): Tensor {
  const last = x.shape.length - 1;
  const width = x.shape[last] as number;
  const ones = constant(new Float32Array(width).fill(1), [width]);
  const meanOf = (v: Tensor) => mul(sumKeep(v, [last]), 1 / width);
  const y: Tensor = operation(
    'LayerNormalization',
    [x, ones],
    x.shape,
    { axis: -1, epsilon: { float: epsilon } },
    (g) => {
      // The operator's own statistics are an optional output that not every device computes. With deviation^2 =
      // variance + epsilon, mean(x y) is variance / deviation, which two passes give and a quadratic equation undoes.
      const half = mul(meanOf(mul(x, y)), 0.5);
      const deviation = add(half, sqrt(add(square(half), epsilon)));
      const centred = sub(g, add(mul(y, meanOf(mul(g, y))), meanOf(g)));
      return [mul(centred, div(1, deviation)), null];
    },
  );
  return y;
}
