import { normalQuantile } from '../random/normal-quantile.js';

/** Knots are at least this part of the scores' range apart, but where a size begins that takes as much. */
const FINENESS = 1 / 1024;
/** A place this far beyond the outermost knots says that a model's values have grown out of all bounds. */
const FARTHEST_BEYOND = 20;
/** Logarithms count as this many deviations from their mean at most: a cell out of proportion would outweigh all others in the denoiser's loss. */
const MOST_DEVIATIONS = 6;
/** ln 2^31, more molecules than any cell has. */
const LARGEST_LOG = 21.5;

/**
 * Where library sizes lie on the line that is diffused: straight lines between knots, level where many cells have one size, nothing beyond the
 * least and the largest size of training cells. A place is halfway between the size's normal score, which leaves no edge that a smooth
 * density would leak over, and its logarithm in deviations, which keeps kinds of cells of other sizes apart.
 */
export interface LibraryScale {
  /** Natural logarithms of library sizes, none below the one before. */
  readonly logs: Float32Array;
  /** Their normal scores among training cells, each above the one before. */
  readonly scores: Float32Array;
  /** Their places, each above the one before; within 6 of 0. */
  readonly places: Float32Array;
}

/**
 * Knots at the first and the last rank of each size that occurs, or at some of them.
 * @param logs natural logarithm of each training cell's library size, at least one
 */
export function libraryScale(logs: ArrayLike<number>): LibraryScale {
  const sorted = Float32Array.from(logs).sort();
  const cells = sorted.length;
  const scoreOf = (rank: number) => normalQuantile((rank + 0.5) / cells);
  const apart = FINENESS * (scoreOf(cells - 1) - scoreOf(0));
  const knots = { logs: [sorted[0]], scores: [scoreOf(0)] };
  const add = (log: number, score: number) => {
    knots.logs.push(log);
    knots.scores.push(score);
  };
  for (let from = 0, to = 0; from < cells; from = to) {
    do to++;
    while (to < cells && sorted[to] === sorted[from]);
    const isWide = scoreOf(to - 1) - scoreOf(from) >= apart;
    for (const rank of new Set([from, to - 1])) {
      const isFar = scoreOf(rank) - knots.scores.at(-1)! >= apart;
      if (rank > 0 && rank < cells - 1 && (isFar || isWide)) add(sorted[rank], scoreOf(rank));
    }
  }
  if (cells > 1) add(sorted[cells - 1], scoreOf(cells - 1));
  return {
    logs: Float32Array.from(knots.logs),
    scores: Float32Array.from(knots.scores),
    places: placesOf(knots.logs, knots.scores, sorted),
  };
}

/** Halfway between the normal score and the logarithm in deviations. */
function placesOf(logs: readonly number[], scores: readonly number[], sorted: Float32Array): Float32Array {
  const mean = sorted.reduce((sum, log) => sum + log, 0) / sorted.length;
  const deviation = Math.sqrt(sorted.reduce((sum, log) => sum + (log - mean) ** 2, 0) / sorted.length) || 1;
  const deviations = (log: number) =>
    Math.max(-MOST_DEVIATIONS, Math.min(MOST_DEVIATIONS, (log - mean) / deviation));
  return Float32Array.from(logs, (log, k) => (scores[k] + deviations(log)) / 2);
}

/** Whether what a file holds is a scale. */
export function isLibraryScale({ logs, scores, places }: LibraryScale): boolean {
  const rises = (values: Float32Array) =>
    values.every((value, k) => Number.isFinite(value) && (k === 0 || value > values[k - 1]));
  return (
    logs.length > 0 &&
    logs.length === scores.length &&
    logs.length === places.length &&
    logs.every((log, k) => log >= (k === 0 ? 0 : logs[k - 1]) && log <= LARGEST_LOG) &&
    rises(scores) &&
    rises(places)
  );
}

/** The place of a library size: of one that many cells have the middle, beyond the knots the nearest one's. */
export function libraryPlace({ logs, places }: LibraryScale, log: number): number {
  // Knots below the size, and those that are not above it.
  const [below, upTo] = [countWhere(logs, (knot) => knot < log), countWhere(logs, (knot) => knot <= log)];
  if (below < upTo) return (places[below] + places[upTo - 1]) / 2;
  return between(logs, places, below, log);
}

/** The place of the library size that has a normal score: normal scores give sizes as training cells have them. */
export const placeOfScore = ({ scores, places }: LibraryScale, score: number): number =>
  interpolated(scores, places, score);

/** The natural logarithm of the library size at a place; NaN for what is none. */
export function libraryLog({ logs, places }: LibraryScale, place: number): number {
  const isNear = place >= places[0] - FARTHEST_BEYOND && place <= places.at(-1)! + FARTHEST_BEYOND;
  return isNear ? interpolated(places, logs, place) : Number.NaN;
}

const interpolated = (from: Float32Array, to: Float32Array, x: number): number =>
  between(
    from,
    to,
    countWhere(from, (knot) => knot < x),
    x,
  );

/** On the line from knot `next` - 1 to knot `next` at `x`, level before the first and after the last. */
function between(from: Float32Array, to: Float32Array, next: number, x: number): number {
  if (next === 0) return to[0];
  if (next === from.length) return to[next - 1];
  const share = (x - from[next - 1]) / (from[next] - from[next - 1]);
  return to[next - 1] + share * (to[next] - to[next - 1]);
}

/** How many values `holds` for, which it does for the first ones alone. */
function countWhere(values: Float32Array, holds: (value: number) => boolean): number {
  let [low, high] = [0, values.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (holds(values[middle])) low = middle + 1;
    else high = middle;
  }
  return low;
}
