import { type CellDecoderSize, decoderLoss } from '../counts/autoencoder.js';
import { joinCells, takeCells } from '../counts/preprocessing.js';
import { type ReadoutKind, readoutOf } from '../counts/readout.js';
import type { ArrayValue } from '../graph/program.js';
import { input, type Tensor } from '../graph/tensor.js';
import { Params } from '../nn/params.js';
import { type Stream, stream } from '../random/stream.js';
import { heldOutBatches } from './batches.js';
import { labelFeed, labelInput } from './decoder-labels.js';
import type { TrainingRecipe } from './description.js';
import { drawEncoded, type Encoding, joinEncodings } from './encoding.js';
import { codesOf, codesPerCell, joinLabels } from './labels.js';
import { measuredFeeder, measuredInputs, readoutStart } from './measured-cells.js';
import { bestWeights, type HeldOut, type Stage, type TrainedWeights } from './stage.js';
import type { LabelledExpression } from './training-cells.js';

/** Cells with their labels, and where the encoder sees them. */
export interface EncodedCells extends LabelledExpression {
  readonly encoding: Encoding;
}

/** Cells, and others after them. */
export function joinEncoded(first: EncodedCells, second: EncodedCells): EncodedCells {
  return {
    prepared: joinCells(first.prepared, second.prepared),
    labels: joinLabels(first.labels, second.labels),
    encoding: joinEncodings(first.encoding, second.encoding),
  };
}

/** Which part of its training the decoder does by itself. */
const parts = {
  /** All of it, where the encoder is noise. */
  whole: { name: 'decoder', patience: 600, mostSteps: undefined },
  /** Where the encoder stopped, before it knew its cells by heart. The decoder's held-out loss is lowest soon after. */
  rest: { name: 'decoder', patience: 300, mostSteps: undefined },
  /** Beyond that redrawn cells still get better, and held-out ones have told what they can; much longer, and cells are copies. */
  end: { name: 'decoder-all', patience: null, mostSteps: 1000 },
} as const;

/**
 * The decoder by itself, on cells whose places stay as they are.
 * @param training at the end: those that were held out too (`joinEncoded`)
 * @param heldOut not asked at the end
 * @param earlier where the decoder starts from; null: from the beginning
 */
export function decoderStage(
  part: keyof typeof parts,
  training: EncodedCells,
  heldOut: EncodedCells | null,
  size: CellDecoderSize,
  readout: ReadoutKind,
  earlier: TrainedWeights | null,
  recipe: TrainingRecipe,
  seed: number,
  sparsity = 0,
): Stage {
  const params = Params.create();
  const loss = lossOf(params, size, readout, recipe.batchSize, sparsity);
  const { name, patience, mostSteps } = parts[part];
  const started = earlier && bestWeights(earlier);
  const feeds = feeder(training, size, readout, recipe.batchSize);
  return {
    name,
    recipe,
    cells: training.prepared.values.rows,
    ...(mostSteps !== undefined && { mostSteps }),
    params: params.list(),
    loss,
    startingValues: started
      ? new Map(params.list().map(({ name }) => [name, started.get(name)!]))
      : readoutStart(training.prepared, readout),
    feeds: (rows, step) =>
      feeds(
        rows,
        stream(seed, `posterior draws for the ${name}`, 0, step),
        stream(seed, `labels hidden from the ${name} by itself`, 0, step),
      ),
    heldOut: heldOut && patience !== null ? watched(heldOut, patience) : null,
  };

  function watched(others: EncodedCells, inVain: number): HeldOut {
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
      patience: () => inVain,
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
