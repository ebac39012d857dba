import { sigmoid, softplus } from '../graph/ops/activation.js';
import { add, div, isPositive, log, mul, neg, square, sub } from '../graph/ops/elementwise.js';
import { sum } from '../graph/ops/reduce.js';
import type { Tensor } from '../graph/tensor.js';
import { constantly } from '../nn/init.js';
import type { Params } from '../nn/params.js';
import { rowBlocks } from './cell-rows.js';
import type { GeneLayer } from './gene-layer.js';
import type { Readout } from './readout.js';

/** A gene whose positive values are all alike still gets a density. */
const LEAST_DEVIATION = 0.02;

/**
 * Log-normalised values where no counts are known: a gene is off with a learned probability, and if on, its value is
 * normal around a learned mean. No counts are invented.
 */
export const hurdle: Readout = {
  counts: false,
  heads: ['on', 'mean'],

  loss(params, layer, features, { values }) {
    const genes = values.shape[1] as number;
    const { on, mean } = heads(params, layer, features, genes);
    const deviation = deviations(params, genes);
    const present = isPositive(values);
    // -log p(on or off) for a logit s: softplus(s) - present s.
    const detection = sub(softplus(on), mul(present, on));
    const residual = div(sub(values, mean), deviation);
    const density = add(mul(square(residual), 0.5), log(deviation));
    return sum(add(detection, mul(present, density)), [1]);
  },

  startingValues(cells) {
    const { cols, rows } = cells.values;
    const present = new Float64Array(cols).fill(0.5);
    const totals = new Float64Array(cols);
    for (const { indices, data } of rowBlocks(cells.values)) {
      for (let k = 0; k < indices.length; k++) {
        if (data[k] === 0) continue;
        present[indices[k]]++;
        totals[indices[k]] += data[k];
      }
    }
    return new Map([
      ['on.bias', Float32Array.from(present, (n) => Math.log(n / (rows + 1 - n)))],
      ['mean.bias', Float32Array.from(present, (n, gene) => totals[gene] / n)],
    ]);
  },

  distribution(params, layer, features, _logLibrary, genes) {
    const { on, mean } = heads(params, layer, features, genes);
    return { off: sigmoid(neg(on)), mean, deviation: deviations(params, genes) };
  },

  sample(stream, { off, mean, deviation }, cell, out) {
    const genes = out.length;
    for (let gene = 0; gene < genes; gene++) {
      const at = cell * genes + gene;
      out[gene] = stream.uniform() < off[at] ? 0 : positiveNormal(stream.normal(), mean[at], deviation[gene]);
    }
  },

  spread: null,
};

/** A measured value that is on is above zero; a draw below is folded back. */
function positiveNormal(z: number, mean: number, deviation: number): number {
  return Math.abs(mean + deviation * z);
}

function heads(
  params: Params,
  layer: GeneLayer,
  features: Tensor,
  genes: number,
): { on: Tensor; mean: Tensor } {
  return { on: layer(params.at('on'), features, genes), mean: layer(params.at('mean'), features, genes) };
}

function deviations(params: Params, genes: number): Tensor {
  return add(softplus(params.get('deviation', [genes], constantly(0))), LEAST_DEVIATION);
}
