import { type AutoencoderSize, autoencoderLoss, encode } from '../counts/autoencoder.js';
import { normalisedRows, type StoredCells, takeCells } from '../counts/preprocessing.js';
import { type ReadoutKind, readoutOf } from '../counts/readout.js';
import { thinnedCells } from '../counts/thinning.js';
import type { EngineOptions } from '../engine/device.js';
import { exp } from '../graph/ops/elementwise.js';
import { type ArrayValue, Program } from '../graph/program.js';
import { input, type Tensor } from '../graph/tensor.js';
import { Params } from '../nn/params.js';
import { type Stream, stream } from '../random/stream.js';
import { heldOutBatches } from './batches.js';
import { labelFeed, labelInput } from './decoder-labels.js';
import type { TrainingRecipe } from './description.js';
import type { Posteriors } from './encoding.js';
import { codesOf, codesPerCell } from './labels.js';
import { measuredFeeder, measuredInputs, readoutStart } from './measured-cells.js';
import type { HeldOut, Stage } from './stage.js';
import type { LabelledExpression } from './training-cells.js';

/** Steps over which the prior comes in; without it, latent coordinates would be pushed to zero before they mean anything. */
const PRIOR_WARMUP = 500;

/** Steps between two looks at held-out cells. */
const LOOK_EVERY = 100;

const wholeLooks = (steps: number): number => steps - (steps % LOOK_EVERY);

/** What the autoencoder pays besides what it leaves unexplained. */
export interface AutoencoderPrices {
  /** Of the decoder 'raising'. */
  readonly sparsity?: number | undefined;
  /** Of the divergence from the prior: 1 is a VAE, less a beta-VAE (Higgins et al. 2017), which keeps more of each cell. */
  readonly priorWeight?: number | undefined;
}

/** First stage of a latent model: cells to latent coordinates and back to a distribution of counts. */
export function autoencoderStage(
  training: LabelledExpression,
  heldOut: LabelledExpression | null,
  size: AutoencoderSize,
  readout: ReadoutKind,
  recipe: TrainingRecipe,
  seed: number,
  { sparsity = 0, priorWeight = 1 }: AutoencoderPrices = {},
): Stage {
  const params = Params.create();
  const loss = lossOf(params, size, readout, recipe.batchSize, sparsity);
  const feeds = feeder(training, size, readout, recipe.batchSize);
  return {
    name: 'autoencoder',
    recipe,
    cells: training.prepared.values.rows,
    params: params.list(),
    loss,
    startingValues: readoutStart(training.prepared, readout),
    feeds: (rows, step) =>
      feeds(
        rows,
        stream(seed, 'posterior draws in training', 0, step),
        priorWeight * Math.min(1, step / PRIOR_WARMUP),
        stream(seed, 'labels hidden from the decoder', 0, step),
      ),
    heldOut: heldOut && watched(heldOut),
  };

  function watched(others: LabelledExpression): HeldOut {
    const batches = heldOutBatches(others.prepared.values.rows);
    const feedsOf = (own: Int32Array, i: number) =>
      feeder(
        others,
        size,
        readout,
        own.length,
      )(own, stream(seed, 'posterior draws held out', i), priorWeight);
    return {
      // Without the penalty, so that runs compare.
      loss: lossOf(params, size, readout, batches[0].length, 0),
      batches: batches.map(feedsOf),
      every: LOOK_EVERY,
      // Before the prior weighs in full looks say little; of a few hundred cells, hundreds of passes are too many (docs/decisions.md).
      from: wholeLooks(Math.min(PRIOR_WARMUP, training.prepared.values.rows)),
      // The encoder grows too sure of its cells long before the bound says so; the decoder goes on by itself (decoder-stage.ts).
      slack: -0.0025,
      patience: () => 300,
    };
  }
}

function lossOf(
  params: Params,
  size: AutoencoderSize,
  readout: ReadoutKind,
  batch: number,
  sparsity: number,
): Tensor {
  const { genes, latent } = size;
  const inputs = {
    ...measuredInputs(genes, batch),
    expression: input('expression', [batch, genes]),
    noise: input('noise', [batch, latent]),
    priorWeight: input('priorWeight', []),
    labels: labelInput(size.labels, batch),
  };
  return autoencoderLoss(params, size, readoutOf(readout), inputs, sparsity);
}

type Feeder = (
  rows: Int32Array,
  draws: Stream,
  priorWeight: number,
  hiding?: Stream,
) => Record<string, ArrayValue>;

/** Fills the loss's inputs, in buffers that it uses again at the next call. */
function feeder(
  { prepared, labels: { space, codes } }: LabelledExpression,
  size: AutoencoderSize,
  readout: ReadoutKind,
  batch: number,
): Feeder {
  const { genes, latent } = size;
  const expression = new Float32Array(batch * genes);
  const noise = new Float32Array(batch * latent);
  const all = Int32Array.from({ length: batch }, (_, i) => i);
  const measured = measuredFeeder(readout, genes, batch);
  return (rows, draws, priorWeight, hiding) => {
    const own = takeCells(prepared, rows);
    normalisedRows(readoutOf(readout).counts ? thinnedCells(own, all, draws) : own, all, expression);
    draws.fillNormal(noise);
    return {
      ...measured(own),
      ...labelFeed(space, codesOf(codes, rows, codesPerCell(space)), batch, hiding),
      expression: { data: expression, shape: [batch, genes] },
      noise: { data: noise, shape: [batch, latent] },
      priorWeight: { data: Float32Array.of(priorWeight), shape: [] },
    };
  };
}

const ENCODED_AT_ONCE = 512;

/** The posterior of every cell. */
export async function encodeCells(
  cells: StoredCells,
  size: AutoencoderSize,
  weights: ReadonlyMap<string, Float32Array>,
  engine: EngineOptions,
): Promise<Posteriors> {
  const { genes, latent } = size;
  const total = cells.values.rows;
  const { mean, logDeviation } = encode(Params.create(), size, input('expression', ['batch', genes]));
  const program = await Program.compile({ mean, deviation: exp(logDeviation) }, engine, weights);
  const result = { mean: new Float32Array(total * latent), deviation: new Float32Array(total * latent) };
  try {
    for (let start = 0; start < total; start += ENCODED_AT_ONCE) {
      const rows = Int32Array.from({ length: Math.min(ENCODED_AT_ONCE, total - start) }, (_, i) => start + i);
      const expression = new Float32Array(rows.length * genes);
      normalisedRows(cells, rows, expression);
      const encoded = await program.run({ expression: { data: expression, shape: [rows.length, genes] } });
      result.mean.set(encoded.mean, start * latent);
      result.deviation.set(encoded.deviation, start * latent);
    }
  } finally {
    await program.close();
  }
  return result;
}
