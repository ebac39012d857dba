import { type CellDecoderSize, decoderLoss } from '../counts/autoencoder.js';
import { takeCells } from '../counts/preprocessing.js';
import { type ReadoutKind, readoutOf } from '../counts/readout.js';
import type { ArrayValue } from '../graph/program.js';
import { input, type Tensor } from '../graph/tensor.js';
import { Params } from '../nn/params.js';
import { type Stream, stream } from '../random/stream.js';
import { heldOutBatches } from './batches.js';
import { labelFeed, labelInput } from './decoder-labels.js';
import type { TrainingRecipe } from './description.js';
import { drawEncoded, type Encoding } from './encoding.js';
import { codesOf, codesPerCell } from './labels.js';
import { measuredFeeder, measuredInputs, readoutStart } from './measured-cells.js';
import { bestWeights, type HeldOut, type Stage, type TrainedWeights } from './stage.js';
import type { LabelledExpression } from './training-cells.js';

/** Cells with their labels, and where the encoder sees them. */
export interface EncodedCells extends LabelledExpression {
  readonly encoding: Encoding;
}

/**
 * The decoder by itself, on cells whose places stay as they are. In a latent model it is the second stage: an encoder
 * learns its cells by heart long before the decoder has learned their genes; here the one has stopped and the other goes on. Where the
 * encoder is noise it is the first.
 * @param autoencoder where the decoder starts from; null: from the beginning
 */
export function decoderStage(
  training: EncodedCells,
  heldOut: EncodedCells | null,
  size: CellDecoderSize,
  readout: ReadoutKind,
  autoencoder: TrainedWeights | null,
  recipe: TrainingRecipe,
  seed: number,
  sparsity = 0,
): Stage {
  const params = Params.create();
  const loss = lossOf(params, size, readout, recipe.batchSize, sparsity);
  const started = autoencoder && bestWeights(autoencoder);
  const feeds = feeder(training, size, readout, recipe.batchSize);
  return {
    name: 'decoder',
    recipe,
    params: params.list(),
    loss,
    startingValues: started
      ? new Map(params.list().map(({ name }) => [name, started.get(name)!]))
      : readoutStart(training.prepared, readout),
    feeds: (rows, step) =>
      feeds(
        rows,
        stream(seed, 'posterior draws for the decoder', 0, step),
        stream(seed, 'labels hidden from the decoder by itself', 0, step),
      ),
    heldOut: heldOut && watched(heldOut),
  };

  function watched(others: EncodedCells): HeldOut {
    const batches = heldOutBatches(others.prepared.values.rows);
    const feedsOf = (own: Int32Array, i: number) => {
      const draws = stream(seed, 'posterior draws for the decoder held out', i);
      return feeder(others, size, readout, own.length)(own, draws);
    };
    return {
      // Without the penalty, so that runs compare.
      loss: lossOf(params, size, readout, batches[0].length, 0),
      batches: batches.map(feedsOf),
      every: 100,
      slack: 0,
      ...(started ? GOES_ON : BEGINS),
    };
  }
}

/** The loss is lowest at once and rises slowly, while redrawn cells still get better; much longer, and they are copies. */
const GOES_ON = { patience: () => 1000, keep: 'last' } as const;
const BEGINS = { patience: () => 600, keep: 'best' } as const;

/** The autoencoder with another decoder. */
export function withDecoder(autoencoder: TrainedWeights, decoder: TrainedWeights): TrainedWeights {
  const { averages } = autoencoder;
  return {
    weights: new Map([...autoencoder.weights, ...decoder.weights]),
    averages: averages && new Map([...averages, ...bestWeights(decoder)]),
    shapes: autoencoder.shapes,
  };
}

function lossOf(
  params: Params,
  size: CellDecoderSize,
  readout: ReadoutKind,
  batch: number,
  sparsity: number,
): Tensor {
  const inputs = {
    ...measuredInputs(size.genes, batch),
    z: input('z', [batch, size.latent]),
    labels: labelInput(size.labels, batch),
  };
  return decoderLoss(params, size, readoutOf(readout), inputs, sparsity);
}

/** Fills the loss's inputs, in buffers that it uses again at the next call. */
function feeder(
  { prepared, labels: { space, codes }, encoding }: EncodedCells,
  { genes, latent }: CellDecoderSize,
  readout: ReadoutKind,
  batch: number,
): (rows: Int32Array, draws: Stream, hiding?: Stream) => Record<string, ArrayValue> {
  const z = new Float32Array(batch * latent);
  const measured = measuredFeeder(readout, genes, batch);
  return (rows, draws, hiding) => {
    draws.fillNormal(z);
    drawEncoded(encoding, rows, z);
    return {
      ...measured(takeCells(prepared, rows)),
      ...labelFeed(space, codesOf(codes, rows, codesPerCell(space)), batch, hiding),
      z: { data: z, shape: [batch, latent] },
    };
  };
}
