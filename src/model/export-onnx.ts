import { type CellDecoderSize, decode, encode, geneLayerOf } from '../counts/autoencoder.js';
import { type ReadoutKind, readoutOf } from '../counts/readout.js';
import { toOnnx } from '../graph/onnx.js';
import { relu } from '../graph/ops/activation.js';
import { add } from '../graph/ops/elementwise.js';
import { type Dim, input, type Tensor } from '../graph/tensor.js';
import { type Param, Params } from '../nn/params.js';
import { labelInput } from './decoder-labels.js';
import { buildDenoiser } from './denoisers.js';
import type { DenoiserDescription, ModelDescription } from './description.js';
import type { Arrays } from './model-file.js';

/**
 * The denoiser for any number of rows: `x` (batch x width), `t` (batch, timesteps) and, for a conditional model,
 * `condition` (batch x classes, one-hot, zeros for no label) give `prediction` (batch x width).
 */
export function denoiserOutputs(
  description: DenoiserDescription,
  params = Params.create(),
  batch: Dim = 'batch',
): Record<string, Tensor> {
  const { width, conditionWidth } = description;
  // The file lists its inputs in the order in which they are made.
  const x = input('x', [batch, width]);
  const t = input('t', [batch]);
  const condition = conditionWidth > 0 ? input('condition', [batch, conditionWidth]) : null;
  const prediction = buildDenoiser(description).predict(params, x, t, condition);
  return { prediction };
}

/**
 * The decoder with its readout: `z` (batch x latent), for a labelled model `labels` (batch x labels, one-hot, zeros for no label)
 * and, for counts, `logLibrary` (batch x 1) give the parameters
 * of each gene's distribution.
 */
export function readoutOutputs(
  size: CellDecoderSize,
  kind: ReadoutKind,
  params = Params.create(),
  batch: Dim = 'batch',
): Record<string, Tensor> {
  const z = input('z', [batch, size.latent]);
  const features = decode(params, size, z, labelInput(size.labels, batch));
  const logLibrary = input('logLibrary', [batch, 1]);
  return distributionOf(size, kind, params, features, logLibrary);
}

/**
 * The same with the features in between as `code`, and `shift` (1 x features) added to them before genes are read out; a code
 * stays 0 or more. Only for the sparse decoder, whose features are a code.
 */
export function steeredReadoutOutputs(size: CellDecoderSize, kind: ReadoutKind): Record<string, Tensor> {
  const params = Params.create();
  const z = input('z', ['batch', size.latent]);
  const decoded = decode(params, size, z, labelInput(size.labels, 'batch'));
  const code = relu(add(decoded, input('shift', [1, decoded.shape[1] as number])));
  const logLibrary = input('logLibrary', ['batch', 1]);
  return { ...distributionOf(size, kind, params, code, logLibrary), code };
}

/** The decoder's features alone, batch x features. */
export const codeOutput = (size: CellDecoderSize): Tensor =>
  decode(Params.create(), size, input('z', ['batch', size.latent]), labelInput(size.labels, 'batch'));

function distributionOf(
  { genes, decoder }: CellDecoderSize,
  kind: ReadoutKind,
  params: Params,
  features: Tensor,
  logLibrary: Tensor,
): Record<string, Tensor> {
  const layer = geneLayerOf(decoder);
  return readoutOf(kind).distribution(params.at('readout'), layer, features, logLibrary, genes);
}

/** The parameters that a model must have, by its part: generation needs all but the encoder, which `explain` asks. */
export function neededParameters({ denoiser, state }: ModelDescription): Map<string, readonly Param[]> {
  const ofDenoiser = Params.create();
  denoiserOutputs(denoiser, ofDenoiser);
  const needed = new Map([['denoiser', ofDenoiser.list()]]);
  if (state.kind !== 'genes') {
    const ofAutoencoder = Params.create();
    readoutOutputs(state.autoencoder, state.readout, ofAutoencoder);
    if (state.kind === 'latent')
      encode(ofAutoencoder, state.autoencoder, input('expression', ['batch', state.autoencoder.genes]));
    needed.set('autoencoder', ofAutoencoder.list());
  }
  return needed;
}

/** Bytes of an ONNX file with its weights inside. */
export function onnxFile(outputs: Record<string, Tensor>, weights: Arrays): Uint8Array {
  return toOnnx(outputs, weights).bytes;
}
