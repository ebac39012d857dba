import type { Tensor } from '../tensor.js';
import { mul } from './elementwise.js';
import { reshape, sumKeep } from './shape.js';

/** Sum over `axes` (all of them unless named), which disappear. */
export function sum(x: Tensor, axes: readonly number[] = allAxes(x)): Tensor {
  const kept = x.shape.filter((_, axis) => !axes.includes(axis));
  return reshape(sumKeep(x, axes), kept);
}

/** Mean over `axes` (all of them unless named), which disappear; their sizes must be known. */
export function mean(x: Tensor, axes: readonly number[] = allAxes(x)): Tensor {
  const count = axes.reduce((product, axis) => product * (x.shape[axis] as number), 1);
  return mul(sum(x, axes), 1 / count);
}

function allAxes(x: Tensor): number[] {
  return x.shape.map((_, axis) => axis);
}
