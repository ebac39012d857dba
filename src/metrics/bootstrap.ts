import { stream } from '../random/stream.js';

/** A figure computed from these real cells and these other cells (distinct rows, in random order). */
export type CellStatistic = (realRows: Int32Array, otherRows: Int32Array) => number;

export interface BootstrapOptions {
  readonly seed: number;
  /** Resamples, 200 by default. */
  readonly replicates?: number;
  /** Most cells a side in a resample, 1,000 by default. */
  readonly mostCells?: number;
  /** What the figure can be at all, to which the interval is cut. */
  readonly range?: readonly [number, number];
}

const leastCells = 4;
const confidence = 0.95;

/**
 * 95% interval over cells of any two-sample figure: where it would be expected if as many other cells had been drawn on both
 * sides from the same populations. It knows nothing of what another training run, or another donor, would change.
 *
 * Efron's resampling with replacement repeats cells, and a repeated cell is its own nearest neighbour at distance 0, which spoils
 * every figure made of neighbours or pairs. So each resample draws half of the cells (at most `mostCells`) WITHOUT replacement
 * (the m out of n bootstrap of Bickel, Gotze and van Zwet 1997; Politis and Romano 1994), and deviations from their own mean are
 * scaled by sqrt(f / (1 - f)), f the share drawn: 1 for halves. For means and other smooth figures that is Efron's interval to
 * first order (Shao and Wu 1989); for unbiased MMD^2 and energy distance near 0, which shrink as 1/n, it is wider than need be.
 * Cost: `replicates` calls of `statistic` on at most 1,000 + 1,000 cells.
 * @param statistic resamples in which it is not a finite number are left out
 * @param value the figure of all cells
 * @param cells real and other cells there are
 * @returns null of fewer than four cells a side, or where the statistic is not finite in half of the resamples
 */
export function bootstrapInterval(
  statistic: CellStatistic,
  value: number,
  cells: readonly [number, number],
  options: BootstrapOptions,
): readonly [number, number] | null {
  const { seed, replicates = 200, mostCells = 1000, range = [-Infinity, Infinity] } = options;
  if (Math.min(...cells) < leastCells) return null;
  const share = Math.min(0.5, mostCells / Math.max(...cells));
  const rows = cells.map((count) => Int32Array.from({ length: count }, (_, row) => row));
  const figures: number[] = [];
  for (let replicate = 0; replicate < replicates; replicate++) {
    const draws = stream(seed, 'bootstrap', replicate);
    const [realRows, otherRows] = rows.map((all) => {
      const drawn = Math.max(2, Math.round(share * all.length));
      return draws.shuffle(all.slice()).slice(0, drawn);
    });
    const figure = statistic(realRows, otherRows);
    if (Number.isFinite(figure)) figures.push(figure);
  }
  if (figures.length <= replicates / 2) return null;
  const mean = figures.reduce((sum, figure) => sum + figure, 0) / figures.length;
  const scale = Math.sqrt(share / (1 - share));
  const deviations = Float64Array.from(figures, (figure) => scale * (figure - mean)).sort();
  const tail = (1 - confidence) / 2;
  const cut = (end: number) => Math.min(range[1], Math.max(range[0], end));
  return [cut(value - quantile(deviations, 1 - tail)), cut(value - quantile(deviations, tail))];
}

/**
 * What several figures share, computed once a resample: figures of as many cells, resampled with one seed, meet the same rows.
 * Memory: one result a resample, and its rows in words.
 */
export function oncePerResample<T>(
  compute: (realRows: Int32Array, otherRows: Int32Array) => T,
): (realRows: Int32Array, otherRows: Int32Array) => T {
  const known = new Map<string, T>();
  return (realRows, otherRows) => {
    const key = `${realRows}|${otherRows}`;
    const result = known.has(key) ? known.get(key)! : compute(realRows, otherRows);
    known.set(key, result);
    return result;
  };
}

/** Linear between order statistics. */
function quantile(sorted: Float64Array, probability: number): number {
  const position = probability * (sorted.length - 1);
  const below = Math.floor(position);
  const above = Math.min(below + 1, sorted.length - 1);
  return sorted[below] + (position - below) * (sorted[above] - sorted[below]);
}
