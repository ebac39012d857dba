import { rateReductionLoss } from '../crate/rate-reduction.js';
import { diffusionLoss, noiseLevels, type Objective } from '../diffusion/objective.js';
import { scheduleByName } from '../diffusion/schedule.js';
import { add, mul } from '../graph/ops/elementwise.js';
import type { ArrayValue } from '../graph/program.js';
import type { Tensor } from '../graph/tensor.js';
import type { Denoiser, LayerView } from '../nn/denoiser.js';
import { Params } from '../nn/params.js';
import { type Stream, stream } from '../random/stream.js';
import { evenBatches } from './batches.js';
import { buildDenoiser } from './denoisers.js';
import type { DenoiserDescription, ModelDescription, TrainingRecipe } from './description.js';
import { codesPerCell, conditionWidth, type Hidden, type LabelledCells, oneHot } from './labels.js';
import type { HeldOut, Stage } from './stage.js';
import type { StateRows } from './state-rows.js';

/**
 * Shares of cells whose labels and whose cluster are hidden, each by itself, so that the same network learns to do without
 * (Ho and Salimans 2022).
 */
const HIDDEN: Record<keyof Hidden, number> = { labels: 0.2, cluster: 0.1 };
const NOTHING: typeof HIDDEN = { labels: 0, cluster: 0 };

/** Rows of noise at which held-out cells are looked at, over all noise levels. */
const HELD_OUT_ROWS = 2048;
/** Held-out cells to look at, evenly from all: these take 260 MB in a space of 2,000 genes. */
const MOST_HELD_OUT = 16_384;
const LARGEST_BATCH = 512;

/** Clean rows of the state space with their cells' labels. */
export interface LabelledRows {
  readonly state: StateRows;
  readonly labels: LabelledCells;
  /** How many there are. */
  readonly cells: number;
}

/**
 * The diffusion model itself: predicts what noise hides in the rows of the state space.
 * @param rateReduction weight of the sparse rate reduction of CRATE's layers in the loss; held-out cells are looked at without it
 */
export function denoiserStage(
  model: Pick<ModelDescription, 'denoiser' | 'diffusion'>,
  training: LabelledRows,
  heldOut: LabelledRows | null,
  recipe: TrainingRecipe,
  seed: number,
  rateReduction = 0,
): Stage {
  const denoiser = buildDenoiser(model.denoiser);
  const objective: Objective = { ...model.diffusion, schedule: scheduleByName(model.diffusion.schedule) };
  const params = Params.create();
  const loss = regularised(model.denoiser, denoiser, params, recipe.batchSize, rateReduction);
  const feeds = feeder(training, objective, recipe.batchSize, HIDDEN);
  return {
    name: 'denoiser',
    recipe,
    cells: training.cells,
    params: params.list(),
    loss,
    feeds: (rows, step) => feeds(rows, step, (purpose) => stream(seed, `${purpose} in training`, 0, step)),
    heldOut: heldOut && watched(heldOut),
  };

  function watched(others: LabelledRows): HeldOut {
    const total = others.cells;
    const cells = Math.min(total, MOST_HELD_OUT);
    const batches = evenBatches(cells, Math.max(cells, HELD_OUT_ROWS), LARGEST_BATCH).map((batch) =>
      batch.map((i) => Math.floor((i * total) / cells)),
    );
    const feedsOf = (rows: Int32Array, i: number) =>
      feeder(
        others,
        objective,
        rows.length,
        NOTHING,
      )(rows, i, (purpose) => stream(seed, `${purpose} held out`, 0, i));
    return {
      loss: diffusionLoss(denoiser, params, batches[0].length),
      batches: batches.map(feedsOf),
      every: 200,
      // The loss is flat for long before it rises, and cells still get better there (docs/decisions.md).
      slack: 0.01,
      patience: () => 600,
    };
  }
}

/** The diffusion loss, and what a CRATE denoiser leaves undone of its own objective at a price. */
function regularised(
  description: DenoiserDescription,
  denoiser: Denoiser,
  params: Params,
  batch: number,
  weight: number,
): Tensor {
  if (weight === 0 || description.kind !== 'crate') return diffusionLoss(denoiser, params, batch);
  const layers: LayerView[] = [];
  const error = diffusionLoss(denoiser, params, batch, (layer) => layers.push(layer));
  return add(error, mul(rateReductionLoss(params, description, layers), weight));
}

type Feeder = (
  cells: Int32Array,
  step: number,
  draws: (purpose: string) => Stream,
) => Record<string, ArrayValue>;

/** Fills the loss's inputs, in buffers that it uses again at the next call. */
function feeder(
  { state, labels }: LabelledRows,
  objective: Objective,
  batch: number,
  hidden: typeof HIDDEN,
): Feeder {
  const { width } = state;
  const x = new Float32Array(batch * width);
  const noise = new Float32Array(batch * width);
  const classes = conditionWidth(labels.space);
  return (cells, step, draws) => {
    state.fill(cells, step, x);
    draws('noise').fillNormal(noise);
    const levels = noiseLevels(objective, draws('noise levels'), batch);
    const columns = Object.entries(levels).map(([name, data]) => [name, { data, shape: [batch] }]);
    const feeds = {
      x: { data: x, shape: [batch, width] },
      noise: { data: noise, shape: [batch, width] },
      ...Object.fromEntries(columns),
    };
    if (classes === 0) return feeds;
    const condition = conditions(labels, cells, hidden, draws('hidden labels'));
    return { ...feeds, condition: { data: condition, shape: [batch, classes] } };
  };
}

function conditions(
  { space, codes }: LabelledCells,
  cells: Int32Array,
  shares: typeof HIDDEN,
  random: Stream,
): Float32Array {
  const each = codesPerCell(space);
  const rows = new Float32Array(cells.length * conditionWidth(space));
  cells.forEach((cell, i) => {
    const hidden = {
      labels: random.uniform() < shares.labels,
      cluster: random.uniform() < shares.cluster,
    };
    oneHot(space, codes.subarray(cell * each, (cell + 1) * each), hidden, rows, i);
  });
  return rows;
}
