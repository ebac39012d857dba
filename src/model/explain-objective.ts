import { noise, scheduleByName, signal } from '../diffusion/schedule.js';
import type { EngineOptions } from '../engine/device.js';
import type { LayerMeasure, ObjectiveSection } from '../explain/explanation.js';
import { measureLayer } from '../explain/layer-measures.js';
import { stream } from '../random/stream.js';
import { drawStates } from './drawn-cells.js';
import { codesPerCell } from './labels.js';
import type { LoadedModel } from './model-file.js';
import { type OpenedDenoiser, openDenoiser } from './opened-denoiser.js';
import { conditionRows } from './sampling.js';

/** Timesteps at which cells are looked at, from clean to noise. */
const LEVELS = [1, 100, 200, 300, 400, 500, 600, 700, 800, 900, 999];
/** A gene row passes through hundreds of tokens. */
const CELLS = { latent: 256, genes: 6 } as const;
const GENE_LEVELS = [1, 250, 500, 750, 999];

/**
 * The sparse rate reduction objective in every layer: for cells noised to each level, and for generated cells on their way.
 * @param state clean rows, cells x width
 * @param labels codes of the same cells, cells x `codesPerCell`
 */
export async function measureObjective(
  model: LoadedModel,
  state: Float32Array,
  labels: Int32Array,
  seed: number,
  engine: EngineOptions,
): Promise<ObjectiveSection> {
  const { denoiser, diffusion, state: space, labels: labelSpace } = model.description;
  const { width } = denoiser;
  const total = state.length / width;
  const cells = Math.min(CELLS[space.kind], total);
  const each = codesPerCell(labelSpace);
  const rows = Int32Array.from({ length: cells }, (_, i) => Math.floor((i * total) / cells));
  const codes = Int32Array.from(
    { length: cells * each },
    (_, at) => labels[rows[Math.floor(at / each)] * each + (at % each)],
  );
  const condition = conditionRows(labelSpace, codes, cells);
  const schedule = scheduleByName(diffusion.schedule);
  const opened = await openDenoiser(denoiser, model.weights.get('denoiser')!, engine);
  try {
    const noised: LayerMeasure[] = [];
    for (const t of space.kind === 'genes' ? GENE_LEVELS : LEVELS) {
      const x = new Float32Array(cells * width);
      rows.forEach((row, i) => {
        const eps = stream(seed, 'noise to look at', row, t);
        for (let k = 0; k < width; k++) {
          x[i * width + k] = signal(schedule, t) * state[row * width + k] + noise(schedule, t) * eps.normal();
        }
      });
      noised.push(...(await measureAt(opened, x, t, condition)));
    }
    const path: { t: number; x: Float32Array }[] = [];
    await drawStates(model, codes, cells, seed, engine, (_, { t, x }) => path.push({ t, x }));
    const sampled: LayerMeasure[] = [];
    for (const { t, x } of path) sampled.push(...(await measureAt(opened, x, t, condition)));
    return { layers: opened.layers, tokens: opened.tokens, cells, noised, sampled };
  } finally {
    await opened.close();
  }
}

async function measureAt(
  opened: OpenedDenoiser,
  x: Float32Array,
  t: number,
  condition: Float32Array | null,
): Promise<LayerMeasure[]> {
  const layers = await opened.look(x, t, condition);
  return layers.map((values, layer) => measureLayer(layer, t, values, opened.subspaces[layer]));
}
