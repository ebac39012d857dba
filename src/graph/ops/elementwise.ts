import { operation, scalar, type Tensor } from '../tensor.js';
import { broadcastShape, unbroadcast } from './shape.js';

/** A tensor, or a number that broadcasts. */
export type Operand = Tensor | number;

function tensor(x: Operand): Tensor {
  return typeof x === 'number' ? scalar(x) : x;
}

export function add(x: Operand, y: Operand): Tensor {
  const [a, b] = [tensor(x), tensor(y)];
  return operation('Add', [a, b], broadcastShape(a.shape, b.shape), {}, (g) => [
    unbroadcast(g, a.shape),
    unbroadcast(g, b.shape),
  ]);
}

export function sub(x: Operand, y: Operand): Tensor {
  const [a, b] = [tensor(x), tensor(y)];
  return operation('Sub', [a, b], broadcastShape(a.shape, b.shape), {}, (g) => [
    unbroadcast(g, a.shape),
    unbroadcast(neg(g), b.shape),
  ]);
}

export function mul(x: Operand, y: Operand): Tensor {
  const [a, b] = [tensor(x), tensor(y)];
  return operation('Mul', [a, b], broadcastShape(a.shape, b.shape), {}, (g) => [
    unbroadcast(mul(g, b), a.shape),
    unbroadcast(mul(g, a), b.shape),
  ]);
}

export function div(x: Operand, y: Operand): Tensor {
  const [a, b] = [tensor(x), tensor(y)];
  const quotient: Tensor = operation('Div', [a, b], broadcastShape(a.shape, b.shape), {}, (g) => {
    const da = div(g, b);
    return [unbroadcast(da, a.shape), unbroadcast(neg(mul(da, quotient)), b.shape)];
  });
  return quotient;
}

export function neg(x: Tensor): Tensor {
  return operation('Neg', [x], x.shape, {}, (g) => [neg(g)]);
}

export function exp(x: Tensor): Tensor {
  const y: Tensor = operation('Exp', [x], x.shape, {}, (g) => [mul(g, y)]);
  return y;
}

/** Natural logarithm. */
export function log(x: Tensor): Tensor {
  return operation('Log', [x], x.shape, {}, (g) => [div(g, x)]);
}

export function sqrt(x: Tensor): Tensor {
  const y: Tensor = operation('Sqrt', [x], x.shape, {}, (g) => [div(mul(g, 0.5), y)]);
  return y;
}

export function square(x: Tensor): Tensor {
  return mul(x, x);
}

export function sin(x: Tensor): Tensor {
  return operation('Sin', [x], x.shape, {}, (g) => [mul(g, cos(x))]);
}

export function cos(x: Tensor): Tensor {
  return operation('Cos', [x], x.shape, {}, (g) => [neg(mul(g, sin(x)))]);
}

/**
 * 1 where x > 0, else 0; flat almost everywhere, so nothing flows back. A line so steep that every float32 is past its
 * end: one pass where the operator Sign takes ten, and the engine's WebGPU has it.
 */
export function isPositive(x: Tensor): Tensor {
  return operation('HardSigmoid', [x], x.shape, { alpha: { float: 3e38 }, beta: { float: 0 } }, () => [null]);
}

/** Values held in [low, high]; no gradient flows through those that were cut. */
export function clip(x: Tensor, low: number, high: number): Tensor {
  const y: Tensor = operation('Clip', [x, scalar(low), scalar(high)], x.shape, {}, (g) => {
    const cut = add(isPositive(sub(x, y)), isPositive(sub(y, x)));
    return [mul(g, sub(1, cut)), null, null];
  });
  return y;
}
