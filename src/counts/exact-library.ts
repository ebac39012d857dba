import type { Stream } from '../random/stream.js';

/**
 * Draws one cell's counts, which add up to its library size exactly. Each gene's rate is gamma distributed about its mean,
 * as in a negative binomial; given the rates and the sum, counts are multinomial. Independent negative binomials would add up to the
 * library size only on average, while a real cell's is one of its measured properties.
 * @param stream the cell's own stream, so that its counts do not depend on the batch that it is drawn in
 * @param means expected counts, one a gene, >= 0; their sum, rounded, is the library size
 * @param thetas inverse dispersions, one a gene, > 0; Infinity takes the mean as the rate
 * @param out receives the counts, as long as `means`
 * @throws OptionError for a negative mean, a dispersion that is not positive, or NaN
 */
export function countsOfLibrarySize(
  stream: Stream,
  means: ArrayLike<number>,
  thetas: ArrayLike<number>,
  out: Float32Array,
): void {
  let expected = 0;
  const rates = Float64Array.from(means, (mean, gene) => {
    expected += mean;
    return mean > 0 && thetas[gene] !== Infinity ? (mean / thetas[gene]) * stream.gamma(thetas[gene]) : mean;
  });
  const librarySize = Math.round(expected);
  // Where all rates fade to nothing, as with tiny dispersions, their means stand in.
  if (rates.every((rate) => rate === 0)) rates.set(means);
  const total = rates.reduce((sum, rate) => sum + rate, 0);
  let drawn = 0;
  for (let gene = 0; gene < out.length; gene++) {
    out[gene] = stream.poisson(total > 0 ? (rates[gene] * librarySize) / total : 0);
    drawn += out[gene];
  }
  // Poisson counts given their sum are multinomial: one too few or too many is drawn or taken back one by one.
  if (drawn > librarySize) removeMolecules(stream, drawn - librarySize, drawn, out);
  else if (drawn < librarySize && total > 0) addMolecules(stream, librarySize - drawn, rates, out);
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

function addMolecules(stream: Stream, missing: number, rates: ArrayLike<number>, counts: Float32Array): void {
  const cumulative = new Float64Array(counts.length);
  let sum = 0;
  for (let gene = 0; gene < counts.length; gene++) cumulative[gene] = sum += rates[gene];
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
