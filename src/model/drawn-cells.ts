import { toCsr } from '../counts/csr.js';
import { expm1 } from '../counts/library-size.js';
import { applyPreprocessing, normalisedRows } from '../counts/preprocessing.js';
import type { EngineOptions } from '../engine/device.js';
import type { CsrMatrix } from '../io/anndata.js';
import { cellReadout } from './cell-readout.js';
import type { ExplainedCells } from './explained-cells.js';
import { assignLabels } from './label-requests.js';
import { codesPerCell } from './labels.js';
import type { LoadedModel } from './model-file.js';
import { type PathStep, StateSampler } from './sampling.js';

const AT_ONCE = { latent: 512, 'noised-genes': 512, genes: 16 } as const;

/** Rows of the state space as the sampler leaves them, cells x width; on the way each step may be looked at. */
export async function drawStates(
  model: LoadedModel,
  codes: Int32Array,
  cells: number,
  seed: number,
  engine: EngineOptions,
  onStep?: (start: number, step: PathStep) => void,
): Promise<Float32Array> {
  const { denoiser, sampling, state, labels } = model.description;
  const sampler = await StateSampler.create(model, { ...sampling, seed }, engine);
  const rows = new Float32Array(cells * denoiser.width);
  const each = codesPerCell(labels);
  try {
    for (let start = 0; start < cells; start += AT_ONCE[state.kind]) {
      const count = Math.min(AT_ONCE[state.kind], cells - start);
      const batch = { start, cells: count, codes: codes.subarray(start * each, (start + count) * each) };
      rows.set(
        await sampler.draw(batch, undefined, (_, step) => onStep?.(start, step)),
        start * denoiser.width,
      );
    }
  } finally {
    await sampler.close();
  }
  return rows;
}

/** Generated cells, labelled as often as in training, in the place of real ones that are not at hand. */
export async function drawExplainedCells(
  model: LoadedModel,
  run: string,
  cells: number,
  seed: number,
  engine: EngineOptions,
): Promise<ExplainedCells> {
  const { labels, preprocessing } = model.description;
  const { codes } = assignLabels(labels, [], cells, seed);
  const state = await drawStates(model, codes, cells, seed, engine);
  const readout = await cellReadout(model, run, seed, engine);
  try {
    const { X, layers } = await readout.read(state, codes, 0);
    const values = valuesOf(
      toCsr(layers?.get('counts') ?? X!),
      layers !== undefined,
      preprocessing.targetSum,
    );
    const prepared = applyPreprocessing(preprocessing, values, preprocessing.geneNames);
    const expression = new Float32Array(cells * preprocessing.geneNames.length);
    normalisedRows(
      prepared,
      Array.from({ length: cells }, (_, cell) => cell),
      expression,
    );
    const each = codesPerCell(labels);
    return {
      file: null,
      names: Array.from({ length: cells }, (_, cell) => `generated_${cell}`),
      ...{ prepared, expression, geneNames: preprocessing.geneNames },
      typeKey: labels.keys[0]?.key ?? null,
      types: {
        names: labels.keys[0]?.names ?? [],
        codes: Int32Array.from({ length: cells }, (_, cell) =>
          labels.keys.length > 0 ? codes[cell * each] : -1,
        ),
      },
      labels: codes,
    };
  } finally {
    await readout.close();
  }
}

/** Values of the kind that the preprocessing was fitted to. */
function valuesOf(values: CsrMatrix, areCounts: boolean, targetSum: number | null): CsrMatrix {
  return areCounts || targetSum === null ? values : expm1(values);
}
