import { add, clip, exp, log, mul, sub } from '../graph/ops/elementwise.js';
import { logGamma } from '../graph/ops/gamma.js';
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
 * ln theta is this many times its parameter. Adam moves every parameter by the learning rate, whatever its scale, and
 * a dispersion has further to go than a weight.
 */
const DISPERSION_SCALE = 10;
/**
 * Counts: gene g of a cell with library size l is negative binomial with mean l softmax(W a + b)_g for features a and inverse
 * dispersion theta_g, so zeros and overdispersion come out of the distribution (Lopez et al. 2018, scVI). Drawn cells
 * have exactly the library size that was asked for.
 */
export const negativeBinomial: Readout = {
  counts: true,
  heads: ['proportions'],

  loss(params, layer, features, { values, logLibrary, logFactorials }) {
    const genes = values.shape[1] as number;
    const logMean = add(logProportions(params, layer, features, genes), logLibrary);
    const theta = dispersion(params, genes);
    const logTotal = log(add(exp(logMean), theta));
    const logCounting = sub(logGamma(add(values, theta)), logGamma(theta));
    const logLikelihood = sub(
      add(logCounting, add(mul(theta, log(theta)), mul(values, logMean))),
      mul(add(values, theta), logTotal),
    );
    // log x! teaches nothing, but without it the loss follows the depth of a batch's cells.
    return sub(reshape(logFactorials, [values.shape[0]]), sum(logLikelihood, [1]));
  },

  startingValues(cells) {
    const { logProportions, theta } = countMoments(cells);
    return new Map([
      ['proportions.bias', Float32Array.from(logProportions)],
      ['dispersion', Float32Array.from(theta, (value) => Math.log(value) / DISPERSION_SCALE)],
    ]);
  },

  distribution(params, layer, features, logLibrary, genes) {
    return {
      mean: exp(add(logProportions(params, layer, features, genes), logLibrary)),
      theta: dispersion(params, genes),
    };
  },

  sample(stream, { mean, theta }, cell, out) {
    const genes = out.length;
    const means = mean.subarray(cell * genes, (cell + 1) * genes);
    countsOfLibrarySize(stream, means, theta, out);
  },
};

function logProportions(params: Params, layer: GeneLayer, features: Tensor, genes: number): Tensor {
  return logSoftmax(layer(params.at('proportions'), features, genes));
}

function dispersion(params: Params, genes: number): Tensor {
  const scaled = mul(params.get('dispersion', [genes], zeros), DISPERSION_SCALE);
  return exp(clip(scaled, -8, 8));
}
