import { OptionError } from '../errors.js';
import type { Stream } from '../random/stream.js';

/**
 * Draws one cell's counts from negative binomials given that they add up to its library size. Each gene's rate is gamma distributed
 * about its mean; rates are drawn until they are taken with the chance that their sum gives that library size, and given the
 * rates counts are multinomial. Independent negative binomials would add up to the library size only on average, while a real
 * cell's is one of its measured properties.
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
  for (let gene = 0; gene < out.length; gene++) {
    if (!(means[gene] >= 0)) {
      throw new OptionError('mean', `${means[gene]} is not a number from 0 on`, 'Check the means');
    }
    expected += means[gene];
  }
  const librarySize = Math.round(expected);
  const rates = new Float64Array(out.length);
  let total = drawRates(stream, means, thetas, rates);
  for (let tries = 1; tries < MOST_TRIES && stream.uniform() > agreement(total, librarySize); tries++) {
    total = drawRates(stream, means, thetas, rates);
  }
  // Where all rates fade to nothing, as with tiny dispersions, their means stand in.
  if (total === 0) {
    rates.set(means);
    total = expected;
  }
  let drawn = 0;
  for (let gene = 0; gene < out.length; gene++) {
    out[gene] = stream.poisson(total > 0 ? (rates[gene] * librarySize) / total : 0);
    drawn += out[gene];
  }
  // Poisson counts given their sum are multinomial: one too few or too many is drawn or taken back one by one.
  if (drawn > librarySize) removeMolecules(stream, drawn - librarySize, drawn, out);
  else if (drawn < librarySize && total > 0) addMolecules(stream, librarySize - drawn, rates, out);
}

/** Most cells take one to five. */
const MOST_TRIES = 100;

/** Fills `rates`, one a gene, and returns their sum. */
function drawRates(
  stream: Stream,
  means: ArrayLike<number>,
  thetas: ArrayLike<number>,
  rates: Float64Array,
): number {
  let total = 0;
  for (let gene = 0; gene < rates.length; gene++) {
    const mean = means[gene];
    const theta = thetas[gene];
    rates[gene] = mean > 0 && theta !== Infinity ? (mean / theta) * stream.gamma(theta) : mean;
    total += rates[gene];
  }
  return total;
}

/** The chance of a Poisson number with mean `total` to be `librarySize`, as a share of the most that any mean gives. */
function agreement(total: number, librarySize: number): number {
  if (librarySize === 0) return Math.exp(-total);
  return Math.exp(librarySize * Math.log(total / librarySize) + librarySize - total);
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
