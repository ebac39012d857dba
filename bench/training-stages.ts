import { OptionError } from '../src/errors.js';
import { autoencoderStage } from '../src/model/autoencoder-stage.js';
import { decoderStage } from '../src/model/decoder-stage.js';
import { denoiserStage } from '../src/model/denoiser-stage.js';
import type { PresetName } from '../src/model/description.js';
import { noisedGenes, posteriorEncoding } from '../src/model/encoding.js';
import { withClusters } from '../src/model/labels.js';
import { presets } from '../src/model/presets.js';
import type { Stage } from '../src/model/stage.js';
import { encodedRows, geneRows } from '../src/model/state-rows.js';
import { runOptions } from '../src/model/train-options.js';
import { loadTrainingCells } from '../src/model/training-cells.js';
import { describeModel, recipesOf } from '../src/model/training-plan.js';
import { initialWeights } from '../src/nn/params.js';
import { stream } from '../src/random/stream.js';
import { simulatedFile } from './simulated-file.js';

/** Sizes that differ from the preset's own. */
export interface Sizes {
  readonly genes?: number;
  readonly tokens?: number;
  readonly depth?: number;
}

/** The stages of a preset on simulated cells, as `train` makes them; latent coordinates are noise, since nothing is learned. */
export async function trainingStages(
  preset: PresetName,
  folder: string,
  cells: number,
  { genes, ...ofDenoiser }: Sizes = {},
): Promise<Stage[]> {
  const file = await simulatedFile(folder, cells, 1, genes);
  const chosen = genes === undefined ? {} : { genes };
  const run = await runOptions({ preset, out: folder, heldOut: 0, labelKeys: ['cell_type'], ...chosen });
  const data = await loadTrainingCells(file, {
    ...{ layer: run.layer, labelKeys: run.labelKeys, genes: run.genes, flavour: run.hvg },
    ...{ scaling: run.scaling, heldOut: 0, seed: 0, run: folder },
  });
  const described = describeModel(run, presets[preset], data);
  if (ofDenoiser.tokens !== undefined && !('tokens' in described.denoiser)) {
    throw new OptionError(
      '--tokens',
      `the preset ${preset} makes them of genes`,
      'Leave it out, or use crate',
    );
  }
  const description = { ...described, denoiser: { ...described.denoiser, ...ofDenoiser } };
  const recipes = recipesOf(file, presets[preset], run, data);
  const { state, labels } = description;
  const { prepared } = data;
  if (state.kind === 'genes') {
    const rows = { state: geneRows(prepared), labels: data.labels, cells };
    return [denoiserStage(description, rows, null, recipes.denoiser, 0)];
  }
  const { autoencoder: size, readout } = state;
  const mean = new Float32Array(cells * size.latent);
  stream(0, 'latent coordinates').fillNormal(mean);
  const encoding =
    state.kind === 'latent'
      ? posteriorEncoding({ mean, deviation: mean.map(() => 0.3) }, cells)
      : noisedGenes(prepared, state.noise);
  const rows = encodedRows(prepared, encoding, true, 0);
  const clusters = Int32Array.from({ length: cells }, (_, cell) => cell % labels.clusters);
  const clustered = withClusters(data.labels, clusters, labels.clusters);
  const encoded = { prepared, encoding, labels: data.labels };
  const labelled = { state: rows, labels: clustered, cells };
  const last = denoiserStage(description, labelled, null, recipes.denoiser, 0);
  if (state.kind === 'noised-genes') {
    return [decoderStage('whole', encoded, null, size, readout, null, recipes.decoder, 0), last];
  }
  const first = autoencoderStage(data, null, state.autoencoder, readout, recipes.autoencoder, 0);
  const begun = { weights: initialWeights(first.params, 0), averages: null, shapes: new Map() };
  return [first, decoderStage('rest', encoded, null, size, readout, begun, recipes.decoder, 0), last];
}
