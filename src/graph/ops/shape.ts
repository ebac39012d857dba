import { integers, operation, type Shape, ShapeError, sizeOf, type Tensor } from '../tensor.js';

/** numpy's rule: align at the right, a 1 stretches. */
export function broadcastShape(a: Shape, b: Shape): Shape {
  const rank = Math.max(a.length, b.length);
  return Array.from({ length: rank }, (_, i) => {
    const da = a[a.length - rank + i] ?? 1;
    const db = b[b.length - rank + i] ?? 1;
    if (da === db || db === 1) return da;
    if (da === 1) return db;
    throw new ShapeError(`[${a}] and [${b}] do not broadcast`);
  });
}

export function sameShape(a: Shape, b: Shape): boolean {
  return a.length === b.length && a.every((dim, i) => dim === b[i]);
}

/** Same elements, another shape; at most one named dimension. */
export function reshape(x: Tensor, shape: Shape): Tensor {
  if (sameShape(x.shape, shape)) return x;
  const named = shape.filter((dim) => typeof dim === 'string').length;
  if (named > 1) throw new ShapeError(`[${shape}]: a reshape can infer one dimension only`);
  if (named === 0 && x.shape.every((dim) => typeof dim === 'number') && sizeOf(x.shape) !== sizeOf(shape)) {
    throw new ShapeError(`[${x.shape}] cannot be reshaped to [${shape}]`);
  }
  const target = shape.map((dim) => (typeof dim === 'string' ? -1 : dim));
  return operation('Reshape', [x, integers(target)], shape, {}, (g) => [reshape(g, x.shape), null]);
}

/** Sum over `axes`, which stay as dimensions of size 1. */
export function sumKeep(x: Tensor, axes: readonly number[]): Tensor {
  const shape = x.shape.map((dim, i) => (axes.includes(i) ? 1 : dim));
  return operation('ReduceSum', [x, integers(axes)], shape, { keepdims: 1 }, (g) => [
    expand(g, x.shape),
    null,
  ]);
}

/** Repeat dimensions of size 1 up to `shape`, which must be known. */
export function expand(x: Tensor, shape: Shape): Tensor {
  if (sameShape(x.shape, shape)) return x;
  return operation('Expand', [x, integers(shape as number[])], shape, {}, (g) => [
    unbroadcast(g, x.shape),
    null,
  ]);
}

/** The adjoint of broadcasting: sums a gradient back to the shape of the operand that was stretched. */
export function unbroadcast(g: Tensor, shape: Shape): Tensor {
  if (sameShape(g.shape, shape)) return g;
  const extra = g.shape.length - shape.length;
  const axes = g.shape.flatMap((dim, i) => (i < extra || (shape[i - extra] === 1 && dim !== 1) ? [i] : []));
  const summed = axes.length > 0 ? sumKeep(g, axes) : g;
  return extra > 0 ? reshape(summed, shape) : summed;
}
