import type { ArrayValue } from '../graph/program.js';
import { type Dim, input, type Tensor } from '../graph/tensor.js';
import type { Stream } from '../random/stream.js';
import { codesPerCell, conditionWidth, type LabelSpace, nothingHidden, oneHot } from './labels.js';

/** Share of cells whose labels a decoder is not told in training, so that it can do without. */
const HIDDEN = 0.5;

/** Width of the one-hot labels that a decoder is told: names alone, without clusters. */
export const labelWidth = ({ keys }: Pick<LabelSpace, 'keys'>): number =>
  conditionWidth({ keys, clusters: 0 });

/** The input that `labelFeed` fills; null for a decoder that is told none. */
export const labelInput = (labels: number, batch: Dim): Tensor | null =>
  labels === 0 ? null : input('labels', [batch, labels]);

/**
 * Labels of some cells for the decoder, one-hot and key beside key; zeros where a label is missing.
 * @param codes cells x `codesPerCell`; null: all are hidden
 * @param hiding hides those of half of the cells
 * @returns nothing for a model without labels
 */
export function labelFeed(
  space: LabelSpace,
  codes: Int32Array | null,
  cells: number,
  hiding?: Stream,
): Record<string, ArrayValue> {
  const width = labelWidth(space);
  if (width === 0) return {};
  const data = new Float32Array(cells * width);
  if (codes !== null) {
    const each = codesPerCell(space);
    const names = { ...space, clusters: 0 };
    for (let i = 0; i < cells; i++) {
      if (hiding && hiding.uniform() < HIDDEN) continue;
      oneHot(names, codes.subarray(i * each, (i + 1) * each), nothingHidden, data, i);
    }
  }
  return { labels: { data, shape: [cells, width] } };
}
