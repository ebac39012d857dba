import { type Dim, integers, operation, operations, ShapeError, scalar, type Tensor } from '../tensor.js';
import { expand } from './shape.js';

/** Axes in a new order; `permutation[i]` is the old axis at place i. */
export function transpose(x: Tensor, permutation: readonly number[]): Tensor {
  const inverse = permutation.map((_, i) => permutation.indexOf(i));
  const shape = permutation.map((axis) => x.shape[axis]);
  return operation('Transpose', [x], shape, { perm: permutation }, (g) => [transpose(g, inverse)]);
}

/** Swaps the last two axes. */
export function transposeLast(x: Tensor): Tensor {
  const rank = x.shape.length;
  const order = x.shape.map((_, i) => i);
  return transpose(x, [...order.slice(0, rank - 2), rank - 1, rank - 2]);
}

/** Cuts `x` along `axis` into equal parts. */
export function split(x: Tensor, axis: number, parts: number): readonly Tensor[] {
  const size = x.shape[axis];
  if (typeof size !== 'number' || size % parts !== 0) {
    throw new ShapeError(`axis ${axis} of [${x.shape}] does not split into ${parts} equal parts`);
  }
  const shape = x.shape.map((dim, i) => (i === axis ? size / parts : dim));
  const shapes = Array.from({ length: parts }, () => shape);
  return operations('Split', [x], shapes, { axis, num_outputs: parts }, (gradients) => [
    concat(
      gradients.map((g) => g ?? expand(scalar(0), shape)),
      axis,
    ),
  ]);
}

/** Joins tensors along `axis`; their other dimensions agree. */
export function concat(parts: readonly Tensor[], axis: number): Tensor {
  const sizes = parts.map((part) => part.shape[axis]);
  const total: Dim = sizes.every((size) => typeof size === 'number')
    ? sizes.reduce((sum, size) => sum + size, 0)
    : sizes.join('+');
  const shape = parts[0].shape.map((dim, i) => (i === axis ? total : dim));
  return operation('Concat', parts, shape, { axis }, (g) => {
    let start = 0;
    return parts.map((part) => {
      const size = part.shape[axis] as number;
      start += size;
      return slice(g, axis, start - size, start);
    });
  });
}

/** Elements `start` to `end` (exclusive) of `axis`. */
export function slice(x: Tensor, axis: number, start: number, end: number): Tensor {
  const shape = x.shape.map((dim, i) => (i === axis ? end - start : dim));
  return operation('Slice', [x, integers([start]), integers([end]), integers([axis])], shape, {}, (g) => {
    const size = x.shape[axis] as number;
    return [pad(g, axis, start, size - end), null, null, null];
  });
}

/** Zeros before and after along `axis`. */
export function pad(x: Tensor, axis: number, before: number, after: number): Tensor {
  if (before === 0 && after === 0) return x;
  const size = x.shape[axis] as number;
  const rank = x.shape.length;
  const pads = new Array<number>(2 * rank).fill(0);
  pads[axis] = before;
  pads[rank + axis] = after;
  const shape = x.shape.map((dim, i) => (i === axis ? size + before + after : dim));
  return operation('Pad', [x, integers(pads)], shape, { mode: 'constant' }, (g) => [
    slice(g, axis, before, before + size),
    null,
  ]);
}
