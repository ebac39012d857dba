import type { Stream } from '../random/stream.js';

/**
 * Draws one cell's counts, gene after gene, from negative binomials with variance mean + mean^2 / theta.
 * @param stream the cell's own stream, so that its counts do not depend on the batch that it is drawn in
 * @param means expected counts, one a gene, >= 0
 * @param thetas inverse dispersions, one a gene, > 0; Infinity gives Poisson counts
 * @param out receives the counts, as long as `means`
 * @throws OptionError for a negative mean, a dispersion that is not positive, or NaN
 */
export function sampleCounts(
  stream: Stream,
  means: ArrayLike<number>,
  thetas: ArrayLike<number>,
  out: Float32Array,
): void {
  for (let gene = 0; gene < means.length; gene++) {
    out[gene] = stream.negativeBinomial(means[gene], thetas[gene]);
  }
}
