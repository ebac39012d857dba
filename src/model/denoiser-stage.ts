import { diffusionLoss, noiseLevels, type Objective } from '../diffusion/objective.js';
import { scheduleByName } from '../diffusion/schedule.js';
import { Params } from '../nn/params.js';
import { stream } from '../random/stream.js';
import { buildDenoiser } from './denoisers.js';
import type { ModelDescription, TrainingRecipe } from './description.js';
import { conditionWidth, type LabelledCells, oneHot } from './labels.js';
import type { Stage } from './stage.js';
import type { StateRows } from './state-rows.js';

/** Share of cells whose labels are hidden, so that the same network learns to do without (Ho and Salimans 2022). */
const LABELS_HIDDEN = 0.1;

/** The diffusion model itself: predicts what noise hides in the rows of the state space. */
export function denoiserStage(
  model: Pick<ModelDescription, 'denoiser' | 'diffusion'>,
  state: StateRows,
  labels: LabelledCells,
  recipe: TrainingRecipe,
  seed: number,
): Stage {
  const { batchSize } = recipe;
  const { width } = state;
  const objective: Objective = { ...model.diffusion, schedule: scheduleByName(model.diffusion.schedule) };
  const params = Params.create();
  const loss = diffusionLoss(buildDenoiser(model.denoiser), params, batchSize);
  const x = new Float32Array(batchSize * width);
  const noise = new Float32Array(batchSize * width);
  const classes = conditionWidth(labels.space);
  return {
    name: 'denoiser',
    recipe,
    params: params.list(),
    loss,
    feeds(cells, step) {
      state.fill(cells, step, x);
      stream(seed, 'noise in training', 0, step).fillNormal(noise);
      const levels = noiseLevels(objective, stream(seed, 'noise levels in training', 0, step), batchSize);
      const columns = Object.entries(levels).map(([name, data]) => [name, { data, shape: [batchSize] }]);
      const feeds = {
        x: { data: x, shape: [batchSize, width] },
        noise: { data: noise, shape: [batchSize, width] },
        ...Object.fromEntries(columns),
      };
      if (classes === 0) return feeds;
      return {
        ...feeds,
        condition: { data: conditions(labels, cells, step, seed), shape: [batchSize, classes] },
      };
    },
  };
}

function conditions(labels: LabelledCells, cells: Int32Array, step: number, seed: number): Float32Array {
  const keys = labels.space.keys.length;
  const rows = new Float32Array(cells.length * conditionWidth(labels.space));
  const random = stream(seed, 'hidden labels in training', 0, step);
  cells.forEach((cell, i) => {
    if (random.uniform() < LABELS_HIDDEN) return;
    oneHot(labels.space, labels.codes.subarray(cell * keys, (cell + 1) * keys), rows, i);
  });
  return rows;
}
