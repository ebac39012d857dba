import type { Estimate, Figure } from './evaluation.js';

/** How much is lost by a value of the figure, the less the better; null where nothing tells what is best. */
export function lossOf({
  better,
  ideal,
  control,
}: Pick<Figure, 'better' | 'ideal'> & { readonly control: Pick<Estimate, 'value'> | null }):
  | ((value: number) => number)
  | null {
  if (better === 'lower') return (value) => value;
  if (better === 'higher') return (value) => -value;
  const target = ideal ?? control?.value ?? null;
  return target === null ? null : (value) => Math.abs(value - target);
}

/** Whether generated cells are no worse than training cells are, or not certainly: their intervals overlap. */
export function isLevel(figure: Figure): boolean {
  const { generated, control, better, ideal } = figure;
  const loss = lossOf(figure);
  if (control === null || loss === null || Number.isNaN(control.value)) return false;
  if (loss(generated.value) <= loss(control.value)) return true;
  const target = better === 'near' ? (ideal ?? control.value) : null;
  return leastLoss(generated, loss, target) <= greatestLoss(control, loss);
}

function leastLoss(estimate: Estimate, loss: (value: number) => number, target: number | null): number {
  const [low, high] = endsOf(estimate);
  return target !== null && low <= target && target <= high ? 0 : Math.min(loss(low), loss(high));
}

function greatestLoss(estimate: Estimate, loss: (value: number) => number): number {
  const [low, high] = endsOf(estimate);
  return Math.max(loss(low), loss(high));
}

const endsOf = ({ value, interval }: Estimate): readonly [number, number] => interval ?? [value, value];
