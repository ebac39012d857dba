import { relu } from '../graph/ops/activation.js';
import { mul } from '../graph/ops/elementwise.js';
import { linear as affine } from '../graph/ops/matrix.js';
import type { Tensor } from '../graph/tensor.js';
import { type Initialiser, zeros } from '../nn/init.js';
import { linear } from '../nn/linear.js';
import type { Params } from '../nn/params.js';

/** The readout's last layer: from a decoder's features, batch x features, to a number for each gene, batch x genes. */
export type GeneLayer = (params: Params, features: Tensor, genes: number) => Tensor;

/** Weights of any sign: what one feature gives another may take back. */
export const signedLayer: GeneLayer = (params, features, genes) => linear(params, features, genes);

/**
 * Weights of 0 or more, for features that are a code: a programme can only raise genes, none takes back what another
 * gives, and so each can be read by itself (the reason behind non-negative factors, Lee and Seung 1999; here in
 * logarithms of rates).
 */
export const raisingLayer: GeneLayer = (params, features, genes) =>
  affine(
    features,
    raisingWeights(params, genes, features.shape[1] as number),
    params.get('bias', [genes], zeros),
  );

/** Weights of `raisingLayer`, genes x features. */
export function raisingWeights(params: Params, genes: number, features: number): Tensor {
  return mul(relu(params.get('weight', [genes, features], barelyRaising)), WEIGHT_SCALE);
}

/** The same from the values of the parameter. */
export const raisingValues = (weight: Float32Array): Float32Array =>
  weight.map((value) => WEIGHT_SCALE * Math.max(0, value));

/** Uniform in (0, 1 / features): a weight below 0 would never learn, and all together raise a gene by next to nothing. */
const barelyRaising: Initialiser = (data, [, features], random) => {
  for (let i = 0; i < data.length; i++) data[i] = random.uniform() / features;
};

/** Adam moves every parameter by the learning rate; rates of genes that a programme marks have further to go than that. */
const WEIGHT_SCALE = 4;
