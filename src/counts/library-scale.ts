import { normalQuantile } from '../random/normal-quantile.js';

/** More knots than this are thinned out. */
const MOST_KNOTS = 1024;

/**
 * What the training cells' library sizes are as normal scores: increasing knots, between which both run straight. On this scale they are
 * normally distributed, whatever their distribution is, and whatever is drawn lies among them.
 */
export interface LibraryScale {
  /** Natural logarithms of library sizes. */
  readonly logs: Float32Array;
  readonly scores: Float32Array;
}

/**
 * Knots at the sizes that occur, with the score of their middle rank; where there are very many, at some of them.
 * @param logs natural logarithm of each training cell's library size, at least one
 */
export function libraryScale(logs: ArrayLike<number>): LibraryScale {
  const sorted = Float32Array.from(logs).sort();
  const most = normalQuantile(1 - 0.5 / sorted.length);
  const apart = (2 * most) / MOST_KNOTS;
  const knots: [log: number, score: number][] = [];
  for (let from = 0, to = 0; from < sorted.length; from = to) {
    while (sorted[to] === sorted[from]) to++;
    const score = normalQuantile((from + to) / 2 / sorted.length);
    const last = knots.at(-1);
    if (last === undefined || score >= last[1] + apart) knots.push([sorted[from], score]);
    else if (to === sorted.length) knots[knots.length - 1] = [sorted[from], score];
  }
  return {
    logs: Float32Array.from(knots, ([log]) => log),
    scores: Float32Array.from(knots, ([, score]) => score),
  };
}

/** Whether what a file holds is a scale: knots that increase in both. */
export function isLibraryScale({ logs, scores }: LibraryScale): boolean {
  const increases = (values: Float32Array) =>
    values.every((value, k) => Number.isFinite(value) && (k === 0 || value > values[k - 1]));
  return logs.length > 0 && logs.length === scores.length && increases(logs) && increases(scores);
}

/** The normal score of a library size; the first or last knot's beyond them. */
export const libraryScore = ({ logs, scores }: LibraryScale, log: number): number =>
  between(logs, scores, log);

/** The inverse: the natural logarithm of a library size. */
export const libraryLog = ({ logs, scores }: LibraryScale, score: number): number =>
  between(scores, logs, score);

/** The straight line through points (`from`, `to`), `from` increasing, at `x`. */
function between(from: Float32Array, to: Float32Array, x: number): number {
  let [low, high] = [0, from.length - 1];
  if (x <= from[low]) return to[low];
  if (x >= from[high]) return to[high];
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (from[middle] <= x) low = middle;
    else high = middle;
  }
  return to[low] + ((x - from[low]) / (from[high] - from[low])) * (to[high] - to[low]);
}
