import { softplus } from '../graph/ops/activation.js';
import { add, clip, exp, mul, sub } from '../graph/ops/elementwise.js';
import { logRising } from '../graph/ops/gamma.js';
import { logSoftmax } from '../graph/ops/normalise.js';
import { sum } from '../graph/ops/reduce.js';
import { reshape } from '../graph/ops/shape.js';
import type { Tensor } from '../graph/tensor.js';
import { zeros } from '../nn/init.js';
import type { Params } from '../nn/params.js';
import { countMoments } from './count-moments.js';
import { countsOfLibrarySize } from './exact-library.js';
import type { GeneLayer } from './gene-layer.js';
import type { Readout } from './readout.js';

/**
 * ln theta_g and p are these times their parameters. Adam moves every parameter by the learning rate, whatever its scale, and
 * they have further to go than a weight.
 */
const DISPERSION_SCALE = 10;
const EXPONENT_SCALE = 3;
/** Of ln theta: beyond them counts are Poisson, or none but in a burst. */
const LEAST_LOG_THETA = -12;
const MOST_LOG_THETA = 8;
/** Where the exponent starts: between the same dispersion at any mean (0) and a variance that is a multiple of the mean (1). */
const STARTING_EXPONENT = 0.5;

/**
 * Counts: gene g of a cell with library size l is negative binomial with mean m = l softmax(W a + b)_g for features a and inverse
 * dispersion theta_g m^p, so zeros and overdispersion come out of the distribution (Lopez et al. 2018, scVI, where p is 0). The
 * variance is m + m^(2 - p) / theta_g (NB-P of Greene 2008), with one p for all genes: molecules that come in bursts, or were counted more
 * than once, come so in cells that have few of them too. Drawn cells have exactly the library size that was asked for.
 */
export const negativeBinomial: Readout = {
  counts: true,
  heads: ['proportions'],

  loss(params, layer, features, { values, logLibrary, logFactorials }) {
    const genes = values.shape[1] as number;
    const logMean = add(logProportions(params, layer, features, genes), logLibrary);
    const logTheta = logDispersion(params, logMean, genes);
    const theta = exp(logTheta);
    const logRatio = sub(logMean, logTheta);
    const logLikelihood = sub(
      add(logRising(theta, values), mul(values, logRatio)),
      mul(add(values, theta), softplus(logRatio)),
    );
    // log x! teaches nothing, but without it the loss follows the depth of a batch's cells.
    return sub(reshape(logFactorials, [values.shape[0]]), sum(logLikelihood, [1]));
  },

  startingValues(cells) {
    const { logProportions, theta } = countMoments(cells);
    const { librarySize } = cells;
    const meanSize = librarySize.reduce((sum, size) => sum + size, 0) / librarySize.length;
    // In a cell of mean size a gene starts with the dispersion of its moments.
    const logMean = logProportions.map((share) => share + Math.log(Math.max(1, meanSize)));
    return new Map([
      ['proportions.bias', Float32Array.from(logProportions)],
      [
        'dispersion',
        Float32Array.from(
          theta,
          (value, gene) => (Math.log(value) - STARTING_EXPONENT * logMean[gene]) / DISPERSION_SCALE,
        ),
      ],
      ['exponent', Float32Array.of(STARTING_EXPONENT / EXPONENT_SCALE)],
    ]);
  },

  distribution(params, layer, features, logLibrary, genes) {
    const logMean = add(logProportions(params, layer, features, genes), logLibrary);
    return { mean: exp(logMean), theta: exp(logDispersion(params, logMean, genes)) };
  },

  sample(stream, { mean, theta }, cell, out) {
    const own = [cell * out.length, (cell + 1) * out.length] as const;
    countsOfLibrarySize(stream, mean.subarray(...own), theta.subarray(...own), out);
  },

  spread: {
    ofArrays: (arrays, factor) => ({ ...arrays, theta: arrays.theta.map((theta) => theta * factor) }),
    ofParameters(parameters, factor) {
      const change = Math.log(factor) / DISPERSION_SCALE;
      return new Map([['dispersion', parameters.get('dispersion')!.map((value) => value + change)]]);
    },
  },
};

function logProportions(params: Params, layer: GeneLayer, features: Tensor, genes: number): Tensor {
  return logSoftmax(layer(params.at('proportions'), features, genes));
}

/** ln of the inverse dispersion of each gene in each cell. */
function logDispersion(params: Params, logMean: Tensor, genes: number): Tensor {
  const atOne = mul(params.get('dispersion', [genes], zeros), DISPERSION_SCALE);
  const exponent = mul(params.get('exponent', [1], zeros), EXPONENT_SCALE);
  return clip(add(atOne, mul(logMean, exponent)), LEAST_LOG_THETA, MOST_LOG_THETA);
}
