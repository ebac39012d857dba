import { type AutoencoderSize, autoencoderLoss, encode } from '../counts/autoencoder.js';
import { denseRows } from '../counts/csr.js';
import { log1p, normaliseTotal } from '../counts/library-size.js';
import { normalisedRows, type PreparedCells } from '../counts/preprocessing.js';
import { type ReadoutKind, readoutOf } from '../counts/readout.js';
import type { EngineOptions } from '../engine/device.js';
import { exp } from '../graph/ops/elementwise.js';
import { Program } from '../graph/program.js';
import { input } from '../graph/tensor.js';
import { Params } from '../nn/params.js';
import { stream } from '../random/stream.js';
import type { TrainingRecipe } from './description.js';
import type { Stage } from './stage.js';

/** Steps over which the prior comes in; without it, latent coordinates would be pushed to zero before they mean anything. */
const PRIOR_WARMUP = 500;

/** First stage of a latent model: cells to latent coordinates and back to a distribution of counts. */
export function autoencoderStage(
  cells: PreparedCells,
  size: AutoencoderSize,
  readout: ReadoutKind,
  recipe: TrainingRecipe,
  seed: number,
): Stage {
  const { batchSize } = recipe;
  const { genes, latent } = size;
  const params = Params.create();
  const loss = autoencoderLoss(params, size, readoutOf(readout), {
    expression: input('expression', [batchSize, genes]),
    values: input('values', [batchSize, genes]),
    logLibrary: input('logLibrary', [batchSize, 1]),
    noise: input('noise', [batchSize, latent]),
    priorWeight: input('priorWeight', []),
  });
  const expression = new Float32Array(batchSize * genes);
  const counts = new Float32Array(batchSize * genes);
  const noise = new Float32Array(batchSize * latent);
  return {
    name: 'autoencoder',
    recipe,
    params: params.list(),
    loss,
    startingValues: new Map(
      [...readoutOf(readout).startingValues(explainedCells(cells, readout))].map(([name, data]) => [
        `readout.${name}`,
        data,
      ]),
    ),
    feeds(rows, step) {
      normalisedRows(cells, rows, expression);
      stream(seed, 'posterior draws in training', 0, step).fillNormal(noise);
      const priorWeight = Float32Array.of(Math.min(1, step / PRIOR_WARMUP));
      const shared = {
        expression: { data: expression, shape: [batchSize, genes] },
        noise: { data: noise, shape: [batchSize, latent] },
        priorWeight: { data: priorWeight, shape: [] },
      };
      if (readout === 'hurdle') return { ...shared, values: shared.expression };
      denseRows(cells.values, rows, counts);
      return {
        ...shared,
        values: { data: counts, shape: [batchSize, genes] },
        logLibrary: { data: logLibrarySizes(cells, rows), shape: [batchSize, 1] },
      };
    },
  };
}

/** The cells with the values that the readout explains: counts as they are, all else log-normalised. */
function explainedCells(cells: PreparedCells, readout: ReadoutKind): PreparedCells {
  const { values, librarySize, preprocessing } = cells;
  if (readout !== 'hurdle' || preprocessing.targetSum === null) return cells;
  return { ...cells, values: log1p(normaliseTotal(values, preprocessing.targetSum, librarySize)) };
}

/** Natural log of the cells' totals over the model's genes; an empty cell counts as one molecule. */
export function logLibrarySizes(cells: PreparedCells, rows: ArrayLike<number>): Float32Array {
  return Float32Array.from(rows, (row) => Math.log(Math.max(1, cells.librarySize[row])));
}

/** Latent posterior of every training cell, cells x latent each. */
export interface Posteriors {
  readonly mean: Float32Array;
  readonly deviation: Float32Array;
}

const ENCODED_AT_ONCE = 512;

export async function encodeCells(
  cells: PreparedCells,
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
