import { sparseCode } from '../crate/ista.js';
import { silu } from '../graph/ops/activation.js';
import { add, clip, exp, mul, square, sub } from '../graph/ops/elementwise.js';
import { split } from '../graph/ops/layout.js';
import { layerNorm } from '../graph/ops/normalise.js';
import { mean, sum } from '../graph/ops/reduce.js';
import { reshape } from '../graph/ops/shape.js';
import type { Tensor } from '../graph/tensor.js';
import { zeros } from '../nn/init.js';
import { linear } from '../nn/linear.js';
import type { Params } from '../nn/params.js';
import { type GeneLayer, raisingLayer, raisingWeights, signedLayer } from './gene-layer.js';
import type { MeasuredCells, Readout } from './readout.js';

/** Sizes of a decoder: from the coordinates of a cell to a distribution of each gene's count. */
export interface CellDecoderSize {
  readonly genes: number;
  /** Coordinates of a cell. */
  readonly latent: number;
  /** Width of the one-hot labels that it is told beside them; 0: none. */
  readonly labels: number;
  readonly decoder: DecoderSize;
}

/** Sizes of the variational autoencoder that gives cells their latent coordinates. */
export interface AutoencoderSize extends CellDecoderSize {
  /** Units in each of the encoder's hidden layers. */
  readonly hidden: number;
}

export const decoderKinds = ['sparse', 'raising', 'mlp'] as const;
export type DecoderKind = (typeof decoderKinds)[number];

/**
 * From latent coordinates to the features that the readout is linear in.
 * 'sparse' is the white box: the features are the non-negative sparse code of the lifted coordinates on a dictionary
 * of `atoms`, so each column of the readout's weights is a gene programme and a cell's code says how much of it is on.
 * 'raising' is the same with weights of 0 or more: its programmes can be read and turned one by one, at some cost in how real
 * cells are.
 * 'mlp' is the usual black box of two hidden layers.
 */
export type DecoderSize =
  | { readonly kind: 'sparse' | 'raising'; readonly dim: number; readonly atoms: number }
  | { readonly kind: 'mlp'; readonly hidden: number };

/** Cells whose values (counts, or the expression itself) the readout explains, with what the decoder is told of them. */
interface LabelledBatch extends MeasuredCells {
  /** One-hot, batch x labels, zeros where they are hidden; null for a decoder that is told none. */
  readonly labels: Tensor | null;
}

/** The same, and how they are encoded. */
export interface AutoencoderBatch extends LabelledBatch {
  /** Normalised expression, batch x genes: what the encoder sees. */
  readonly expression: Tensor;
  /** Standard normal, batch x latent. */
  readonly noise: Tensor;
  /** Weight of the prior, a scalar that rises from 0 (Bowman et al. 2016). */
  readonly priorWeight: Tensor;
}

/** Cells that lie somewhere in the latent space already. */
export interface DecoderBatch extends LabelledBatch {
  /** Coordinates, batch x latent. */
  readonly z: Tensor;
}

export interface Posterior {
  readonly mean: Tensor;
  /** Natural log of the standard deviation. */
  readonly logDeviation: Tensor;
}

/**
 * Minus the evidence lower bound a gene where the prior weighs 1: the readout's loss plus the divergence of q(z | cell) from N(0, 1)
 * (Kingma and Welling 2014), and of the decoder 'raising' `sparsity` times `programmePenalty`.
 */
export function autoencoderLoss(
  params: Params,
  size: AutoencoderSize,
  readout: Readout,
  batch: AutoencoderBatch,
  sparsity = 0,
): Tensor {
  const { mean: mu, logDeviation } = encode(params, size, batch.expression);
  const deviation = exp(logDeviation);
  const z = add(mu, mul(deviation, batch.noise));
  const reconstruction = reconstructionLoss(params, size, readout, { ...batch, z }, sparsity);
  const divergence = mul(
    sum(sub(add(square(mu), square(deviation)), add(mul(logDeviation, 2), 1)), [1]),
    0.5,
  );
  return mul(mean(add(reconstruction, mul(divergence, batch.priorWeight))), 1 / size.genes);
}

/** The part of `autoencoderLoss` that the decoder answers for, of cells whose latent coordinates are known. */
export function decoderLoss(
  params: Params,
  size: CellDecoderSize,
  readout: Readout,
  batch: DecoderBatch,
  sparsity = 0,
): Tensor {
  return mul(mean(reconstructionLoss(params, size, readout, batch, sparsity)), 1 / size.genes);
}

/** @returns batch */
function reconstructionLoss(
  params: Params,
  size: CellDecoderSize,
  readout: Readout,
  batch: DecoderBatch,
  sparsity: number,
): Tensor {
  const features = decode(params, size, batch.z, batch.labels);
  const likelihood = readout.loss(params.at('readout'), geneLayerOf(size.decoder), features, batch);
  return sparsity === 0 || size.decoder.kind !== 'raising'
    ? likelihood
    : add(likelihood, mul(programmePenalty(params, size, readout, features), sparsity));
}

/**
 * How much of programmes a cell is made of: the sum over genes of what its code raises them by. This is the l1 norm of the
 * sparse rate reduction objective (Yu et al. 2023, equation 4) in units that no scaling between code and programme can evade.
 * @returns batch
 */
function programmePenalty(params: Params, size: CellDecoderSize, readout: Readout, code: Tensor): Tensor {
  const atoms = code.shape[1] as number;
  const given = readout.heads.map((name) =>
    sum(raisingWeights(params.at('readout').at(name), size.genes, atoms), [0]),
  );
  return sum(mul(code, reshape(given.reduce(add), [1, atoms])), [1]);
}

/** How the decoder's features reach genes. */
export const geneLayerOf = ({ kind }: DecoderSize): GeneLayer =>
  kind === 'raising' ? raisingLayer : signedLayer;

/** q(z | cell): two hidden layers on normalised expression. Returns batch x latent each. */
export function encode(params: Params, size: AutoencoderSize, expression: Tensor): Posterior {
  const encoder = params.at('encoder');
  const hidden = layer(encoder.at(1), layer(encoder.at(0), expression, size.hidden), size.hidden);
  const [mu, logDeviation] = split(linear(encoder.at('posterior'), hidden, 2 * size.latent), 1, 2);
  return { mean: mu, logDeviation: clip(logDeviation, -6, 3) };
}

/**
 * Coordinates, batch x latent, to the readout's features, batch x features.
 * @param labels one-hot, batch x labels; null for a decoder that is told none
 */
export function decode(
  params: Params,
  { decoder: size }: CellDecoderSize,
  z: Tensor,
  labels: Tensor | null,
): Tensor {
  const decoder = params.at('decoder');
  const told = (lifted: Tensor) =>
    labels === null
      ? lifted
      : add(
          lifted,
          linear(decoder.at('labels'), labels, lifted.shape[1] as number, { bias: false, init: zeros }),
        );
  if (size.kind === 'mlp') {
    const first = silu(layerNorm(told(linear(decoder.at(0), z, size.hidden)), EPSILON));
    return layer(decoder.at(1), first, size.hidden);
  }
  const [batch] = z.shape;
  const lifted = layerNorm(told(linear(decoder.at('lift'), z, size.dim)), EPSILON);
  const code = sparseCode(decoder.at('code'), reshape(lifted, [batch, 1, size.dim]), size.atoms);
  return reshape(code, [batch, size.atoms]);
}

const EPSILON = 1e-5;

function layer(params: Params, x: Tensor, out: number): Tensor {
  return silu(layerNorm(linear(params, x, out), EPSILON));
}
