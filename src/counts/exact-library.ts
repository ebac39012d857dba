import type { Stream } from '../random/stream.js';

/**
 * Brings a drawn cell to the library size it was drawn for, in place. Independent counts add up to that size only on
 * average, while a real cell's library size is one of its measured properties.
 * Too many molecules: each has the same chance to be left out, as when a library is sequenced less deeply, which is
 * exact for a gamma-Poisson cell given its rates. Too few: the missing ones fall on the genes by the posterior mean of
 * their rates given the counts so far, mean (theta + count) / (theta + mean).
 * @param means expected counts, one a gene; their sum, rounded, is the library size
 * @param thetas inverse dispersions, one a gene
 * @param counts one a gene
 */
export function keepLibrarySize(
  stream: Stream,
  means: ArrayLike<number>,
  thetas: ArrayLike<number>,
  counts: Float32Array,
): void {
  let wanted = 0;
  let drawn = 0;
  for (let gene = 0; gene < counts.length; gene++) {
    wanted += means[gene];
    drawn += counts[gene];
  }
  const missing = Math.round(wanted) - drawn;
  if (missing < 0) removeMolecules(stream, -missing, drawn, counts);
  else if (missing > 0) addMolecules(stream, missing, means, thetas, counts);
}

/** Selection sampling without replacement (Fan et al. 1962), molecule after molecule. */
function removeMolecules(stream: Stream, surplus: number, molecules: number, counts: Float32Array): void {
  let toRemove = surplus;
  let left = molecules;
  for (let gene = 0; toRemove > 0; gene++) {
    for (let k = counts[gene]; k > 0; k--) {
      if (stream.uniform() * left < toRemove) {
        counts[gene]--;
        toRemove--;
      }
      left--;
    }
  }
}

function addMolecules(
  stream: Stream,
  missing: number,
  means: ArrayLike<number>,
  thetas: ArrayLike<number>,
  counts: Float32Array,
): void {
  const cumulative = new Float64Array(counts.length);
  let sum = 0;
  for (let gene = 0; gene < counts.length; gene++) {
    sum += means[gene] * ((thetas[gene] + counts[gene]) / (thetas[gene] + means[gene]));
    cumulative[gene] = sum;
  }
  for (let k = 0; k < missing; k++) counts[firstAbove(cumulative, stream.uniform() * sum)]++;
}

/** Index of the first of ascending `values` above `level`. */
function firstAbove(values: Float64Array, level: number): number {
  let low = 0;
  let high = values.length - 1;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (values[middle] > level) high = middle;
    else low = middle + 1;
  }
  return low;
}
