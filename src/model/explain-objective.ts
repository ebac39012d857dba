import type { EngineOptions } from '../engine/device.js';
import type { LayerMeasure, ObjectiveSection } from '../explain/explanation.js';
import { measureLayer } from '../explain/layer-measures.js';
import { drawStates } from './drawn-cells.js';
import type { LoadedModel } from './model-file.js';
import { rowsToNoise } from './noised-rows.js';
import { type OpenedDenoiser, openDenoiser } from './opened-denoiser.js';
import { conditionRows } from './sampling.js';

/** Timesteps at which cells are looked at, from clean to noise. */
const LEVELS = [1, 100, 200, 300, 400, 500, 600, 700, 800, 900, 999];
/** A row of the published models passes through hundreds of tokens. */
const CELLS = { latent: 256, 'noised-genes': 256, genes: 6 } as const;
const GENE_LEVELS = [1, 250, 500, 750, 999];

/**
 * The sparse rate reduction objective in every layer: for cells noised to each level, and for generated cells on their way.
 * @param state clean rows, cells x width
 * @param codes of the same cells, cells x `codesPerCell`
 */
export async function measureObjective(
  model: LoadedModel,
  state: Float32Array,
  codes: Int32Array,
  seed: number,
  engine: EngineOptions,
): Promise<ObjectiveSection> {
  const { denoiser, state: space, labels } = model.description;
  const rows = rowsToNoise(model, state, codes, CELLS[space.kind], seed);
  const condition = conditionRows(labels, rows.codes, rows.cells);
  const opened = await openDenoiser(denoiser, model.weights.get('denoiser')!, engine);
  try {
    const noised: LayerMeasure[] = [];
    for (const t of space.kind === 'genes' ? GENE_LEVELS : LEVELS) {
      noised.push(...(await measureAt(opened, rows.at(t), t, condition)));
    }
    const path: { t: number; x: Float32Array }[] = [];
    await drawStates(model, rows.codes, rows.cells, seed, engine, (_, { t, x }) => path.push({ t, x }));
    const sampled: LayerMeasure[] = [];
    for (const { t, x } of path) sampled.push(...(await measureAt(opened, x, t, condition)));
    return { layers: opened.layers, tokens: opened.tokens, cells: rows.cells, noised, sampled };
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
