import { concat, split } from '../graph/ops/layout.js';
import type { Tensor } from '../graph/tensor.js';

/** Numbers of a group's tokens that a processor's caches hold beside the weights: 2.5 MB. */
const MOST_NUMBERS = 640_000;

/**
 * Applies `of` to a few cells at a time and joins what it returns. Cells do not know each other, so that is the same
 * function; but matrix products of all tokens of a large batch at once keep leaving the caches. Batches that are small, or
 * of a size that is not known, stay whole.
 * @param z batch x tokens x dim
 * @param vectors batch x 1 x dim each
 */
export function inCellGroups(
  z: Tensor,
  vectors: readonly Tensor[],
  of: (z: Tensor, vectors: readonly Tensor[]) => Tensor,
): Tensor {
  const [batch, tokens, dim] = z.shape as [number | string, number, number];
  const groups = typeof batch === 'number' ? groupsOf(batch, tokens * dim) : 1;
  if (groups === 1) return of(z, vectors);
  const own = [z, ...vectors].map((tensor) => split(tensor, 0, groups));
  const results = Array.from({ length: groups }, (_, group) => {
    const [part, ...partVectors] = own.map((parts) => parts[group]);
    return of(part, partVectors);
  });
  return concat(results, 0);
}

/** The fewest equal groups that are small enough. */
function groupsOf(batch: number, numbersPerCell: number): number {
  const sizes = Array.from({ length: batch }, (_, i) => batch - i);
  const size = sizes.find((cells) => batch % cells === 0 && cells * numbersPerCell <= MOST_NUMBERS) ?? 1;
  return batch / size;
}
