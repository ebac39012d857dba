/**
 * Area under the precision-recall curve as average precision: the sum over ranks of (recall gained) x precision
 * (the definition of scikit-learn's average_precision_score). Equal scores share one rank. In [0, 1]; by chance about
 * the share of positives.
 * @param scores one an item, higher first
 * @param isPositive 1 for the items that should come first
 * @param order of the scores, highest first; made here unless it is at hand
 * @returns NaN without positives
 */
export function averagePrecision(
  scores: ArrayLike<number>,
  isPositive: ArrayLike<number>,
  order: ArrayLike<number> = descendingOrder(scores),
): number {
  let total = 0;
  for (let i = 0; i < scores.length; i++) total += isPositive[i];
  let [found, area] = [0, 0];
  for (let rank = 0; rank < order.length; ) {
    let [end, gained] = [rank, 0];
    for (; end < order.length && scores[order[end]] === scores[order[rank]]; end++)
      gained += isPositive[order[end]];
    found += gained;
    area += (gained / total) * (found / end);
    rank = end;
  }
  return total === 0 ? Number.NaN : area;
}

/** Places of the scores, the highest first. */
export function descendingOrder(scores: ArrayLike<number>): Int32Array {
  return Int32Array.from({ length: scores.length }, (_, i) => i).sort((a, b) => scores[b] - scores[a]);
}
