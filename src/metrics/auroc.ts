/**
 * Area under the receiver operating characteristic: P(positive > negative) + P(positive = negative) / 2 for one of each,
 * the Mann-Whitney U by the product of the sizes (Hanley and McNeil 1982). In [0, 1]; 0.5 where the scores tell nothing,
 * NaN where a side is empty. Cost: a sort of each side.
 * @param positives scores of those that should score high
 * @param negatives scores of the others
 */
export function auroc(positives: ArrayLike<number>, negatives: ArrayLike<number>): number {
  const high = Float64Array.from(positives).sort();
  const low = Float64Array.from(negatives).sort();
  let below = 0;
  let upTo = 0;
  let wins = 0;
  for (const score of high) {
    while (below < low.length && low[below] < score) below++;
    upTo = Math.max(upTo, below);
    while (upTo < low.length && low[upTo] === score) upTo++;
    wins += (below + upTo) / 2;
  }
  return wins / (high.length * low.length);
}
