import { type AutoencoderSize, decoderLoss } from '../counts/autoencoder.js';
import { type StoredCells, takeCells } from '../counts/preprocessing.js';
import { type ReadoutKind, readoutOf } from '../counts/readout.js';
import type { ArrayValue } from '../graph/program.js';
import { input, type Tensor } from '../graph/tensor.js';
import { Params } from '../nn/params.js';
import { type Stream, stream } from '../random/stream.js';
import type { Posteriors } from './autoencoder-stage.js';
import { heldOutBatches } from './batches.js';
import type { TrainingRecipe } from './description.js';
import { measuredFeeder, measuredInputs } from './measured-cells.js';
import { bestWeights, type HeldOut, type Stage, type TrainedWeights } from './stage.js';

/** Cells, and where the encoder sees them. */
export interface EncodedCells {
  readonly cells: StoredCells;
  readonly posteriors: Posteriors;
}

/**
 * Second stage of a latent model: the decoder by itself, on cells whose places in the latent space stay as they are. An encoder
 * learns its cells by heart long before the decoder has learned their genes; here the one has stopped and the other goes on.
 * @param autoencoder where the decoder starts from
 */
export function decoderStage(
  training: EncodedCells,
  heldOut: EncodedCells | null,
  size: AutoencoderSize,
  readout: ReadoutKind,
  autoencoder: TrainedWeights,
  recipe: TrainingRecipe,
  seed: number,
  sparsity = 0,
): Stage {
  const params = Params.create();
  const loss = lossOf(params, size, readout, recipe.batchSize, sparsity);
  const started = bestWeights(autoencoder);
  const feeds = feeder(training, size, readout, recipe.batchSize);
  return {
    name: 'decoder',
    recipe,
    params: params.list(),
    loss,
    startingValues: new Map(params.list().map(({ name }) => [name, started.get(name)!])),
    feeds: (rows, step) => feeds(rows, stream(seed, 'posterior draws for the decoder', 0, step)),
    heldOut: heldOut && watched(heldOut),
  };

  function watched(others: EncodedCells): HeldOut {
    const batches = heldOutBatches(others.cells.values.rows);
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
      // The loss is lowest at once and rises slowly, while redrawn cells still get better; much longer, and they are copies.
      patience: () => 1000,
      keep: 'last',
    };
  }
}

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
  size: AutoencoderSize,
  readout: ReadoutKind,
  batch: number,
  sparsity: number,
): Tensor {
  const inputs = { ...measuredInputs(size.genes, batch), z: input('z', [batch, size.latent]) };
  return decoderLoss(params, size, readoutOf(readout), inputs, sparsity);
}

/** Fills the loss's inputs, in buffers that it uses again at the next call. */
function feeder(
  { cells, posteriors }: EncodedCells,
  { genes, latent }: AutoencoderSize,
  readout: ReadoutKind,
  batch: number,
): (rows: Int32Array, draws: Stream) => Record<string, ArrayValue> {
  const z = new Float32Array(batch * latent);
  const measured = measuredFeeder(readout, genes, batch);
  return (rows, draws) => {
    draws.fillNormal(z);
    rows.forEach((cell, i) => {
      for (let k = 0; k < latent; k++) {
        const from = cell * latent + k;
        z[i * latent + k] = posteriors.mean[from] + posteriors.deviation[from] * z[i * latent + k];
      }
    });
    return { ...measured(takeCells(cells, rows)), z: { data: z, shape: [batch, latent] } };
  };
}
