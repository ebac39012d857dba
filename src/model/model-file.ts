import { isLibraryScale } from '../counts/library-scale.js';
import { readoutOf } from '../counts/readout.js';
import { FileError } from '../errors.js';
import { sizeOf } from '../graph/tensor.js';
import type { DenseMatrix } from '../io/anndata.js';
import { readSafetensors, type StoredTensor, writeSafetensors } from '../io/safetensors.js';
import { version } from '../version.js';
import type { ModelDescription } from './description.js';
import { checkedDescription } from './description-check.js';
import { neededParameters } from './export-onnx.js';
import { JsonField } from './json-field.js';
import type { Stored } from './network-check.js';
import { bestWeights, type TrainedWeights } from './stage.js';
import type { Standardisation } from './state-rows.js';

/** Grows when a file can no longer be read as before. */
export const modelFormatVersion = 9;
const FORMAT = 'cellcrate model';
const RETRAIN = 'Train the model again';

/** A trained model: what it is, and its weights by part ('autoencoder', 'denoiser'). */
export interface TrainedModel {
  readonly description: ModelDescription;
  readonly parts: ReadonlyMap<string, TrainedWeights>;
  /** Of the coordinates that a decoder takes; null for models without one. */
  readonly standardisation: Standardisation | null;
  /** clusters x width, where cells are conditioned on clusters. */
  readonly clusterCentres: DenseMatrix | null;
}

export type Arrays = ReadonlyMap<string, Float32Array>;

/** A model as generation needs it: one set of weights a part. */
export interface LoadedModel {
  readonly description: ModelDescription;
  readonly weights: ReadonlyMap<string, Arrays>;
  readonly standardisation: Standardisation | null;
  readonly clusterCentres: DenseMatrix | null;
}

/**
 * Writes model.safetensors: `<part>.<parameter>` and, where an average is kept, `ema.<part>.<parameter>`,
 * `state.mean`, `state.deviation`, `library.logs`, `library.scores`, `library.places` and `clusters.centres`; gene names, gene scaling and all settings as JSON in the metadata.
 */
export async function writeModel(path: string, model: TrainedModel): Promise<void> {
  const tensors = new Map<string, StoredTensor>();
  for (const [part, { weights, averages, shapes }] of model.parts) {
    for (const [name, data] of weights) tensors.set(`${part}.${name}`, stored(data, shapes.get(name)));
    for (const [name, data] of averages ?? []) {
      tensors.set(`ema.${part}.${name}`, stored(data, shapes.get(name)));
    }
  }
  if (model.standardisation) {
    tensors.set('state.mean', stored(model.standardisation.mean));
    tensors.set('state.deviation', stored(model.standardisation.deviation));
    const { library } = model.standardisation;
    if (library) {
      tensors.set('library.logs', stored(library.logs));
      tensors.set('library.scores', stored(library.scores));
      tensors.set('library.places', stored(library.places));
    }
  }
  if (model.clusterCentres) {
    const { data, rows, cols } = model.clusterCentres;
    tensors.set('clusters.centres', stored(Float32Array.from(data), [rows, cols]));
  }
  await writeSafetensors(path, tensors, {
    format: FORMAT,
    formatVersion: String(modelFormatVersion),
    cellcrate: version,
    description: JSON.stringify(model.description),
  });
}

export function loadedModel(model: TrainedModel): LoadedModel {
  const weights = new Map([...model.parts].map(([part, trained]) => [part, bestWeights(trained)]));
  const { description, standardisation, clusterCentres } = model;
  return { description, weights, standardisation, clusterCentres };
}

/** @throws FileError where the file is missing, damaged, something else, or of another format version */
export async function readModel(path: string): Promise<LoadedModel> {
  const { tensors, metadata } = await readSafetensors(path);
  if (metadata.format !== FORMAT) {
    throw new FileError(path, 'is not a cellcrate model', 'Give a run folder made by cellcrate train');
  }
  if (metadata.formatVersion !== String(modelFormatVersion)) {
    const problem = `has format version ${metadata.formatVersion}, and this cellcrate reads ${modelFormatVersion}`;
    throw new FileError(
      path,
      problem,
      `Train it again, or use the cellcrate that wrote it (${metadata.cellcrate})`,
    );
  }
  const arrays = new Map<string, Float32Array>();
  for (const [name, { dtype, data }] of tensors) if (dtype === 'F32') arrays.set(name, data);
  const parts = ['autoencoder', 'denoiser'].filter((part) => hasPart(arrays, part));
  const weights = new Map(parts.map((part) => [part, partWeights(arrays, part)]));
  const mean = arrays.get('state.mean');
  const deviation = arrays.get('state.deviation');
  const logs = arrays.get('library.logs');
  const scores = arrays.get('library.scores');
  const places = arrays.get('library.places');
  const values = [...arrays.values()].reduce((sum, { length }) => sum + length, 0);
  const held = { arrays: arrays.size, values };
  const description = parseDescription(path, metadata.description, held);
  const library = logs && scores && places ? { logs, scores, places } : null;
  const standardisation = mean && deviation ? { mean, deviation, library } : null;
  const clusterCentres = centresOf(arrays.get('clusters.centres'), description.labels.clusters);
  const model = { description, weights, standardisation, clusterCentres };
  requireComplete(path, model);
  return model;
}

function requireComplete(
  path: string,
  { description, weights, standardisation, clusterCentres }: LoadedModel,
): void {
  const missing = (name: string) =>
    new FileError(path, `is incomplete: ${name} is missing or of another size`, RETRAIN);
  for (const [part, params] of neededParameters(description)) {
    for (const { name, tensor } of params) {
      if (weights.get(part)?.get(name)?.length !== sizeOf(tensor.shape)) throw missing(`${part}.${name}`);
    }
  }
  if (description.state.kind === 'genes') return;
  const { width } = description.denoiser;
  if (standardisation?.mean.length !== width) throw missing('state.mean');
  if (standardisation.deviation.length !== width) throw missing('state.deviation');
  if (description.labels.clusters > 0 && clusterCentres?.cols !== width) throw missing('clusters.centres');
  const { library } = standardisation;
  if (!readoutOf(description.state.readout).counts) return;
  if (library === null) throw missing('library.logs, library.scores or library.places');
  if (!isLibraryScale(library))
    throw new FileError(path, 'is damaged: its library sizes are no scale', RETRAIN);
}

function centresOf(data: Float32Array | undefined, clusters: number): DenseMatrix | null {
  return data && clusters > 0
    ? { format: 'dense', rows: clusters, cols: data.length / clusters, data }
    : null;
}

function hasPart(arrays: Arrays, part: string): boolean {
  return [...arrays.keys()].some((name) => name.startsWith(`${part}.`));
}

function partWeights(arrays: Arrays, part: string): Arrays {
  const below = (prefix: string) =>
    [...arrays].flatMap(([name, data]) =>
      name.startsWith(prefix) ? [[name.slice(prefix.length), data] as const] : [],
    );
  const averages = below(`ema.${part}.`);
  return new Map(averages.length > 0 ? averages : below(`${part}.`));
}

function parseDescription(path: string, text: string | undefined, held: Stored): ModelDescription {
  const refusal = (problem: string, cause?: unknown) =>
    new FileError(
      path,
      `has a damaged model description: ${problem}`,
      'Train the model again, or take the file from a sound copy',
      { cause },
    );
  let parsed: unknown;
  try {
    parsed = JSON.parse(text ?? '');
  } catch (cause) {
    throw refusal('it is not JSON', cause);
  }
  return checkedDescription(new JsonField(parsed, refusal), held);
}

function stored(data: Float32Array, shape: readonly number[] = [data.length]): StoredTensor {
  return { dtype: 'F32', shape, data };
}
