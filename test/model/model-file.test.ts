import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import type { TrainingState } from '../../src/graph/training-step.js';
import { readSafetensors } from '../../src/io/safetensors.js';
import { type Checkpoint, readCheckpoint, writeCheckpoint } from '../../src/model/checkpoint.js';
import type { ModelDescription } from '../../src/model/description.js';
import { neededParameters } from '../../src/model/export-onnx.js';
import { readModel, type TrainedModel, writeModel } from '../../src/model/model-file.js';
import type { TrainedWeights } from '../../src/model/stage.js';
import { initialWeights } from '../../src/nn/params.js';
import { temporaryFolder } from '../temporary-folder.js';

const description: ModelDescription = {
  preset: 'crate',
  preprocessing: {
    kind: 'counts',
    matrix: 'layers/counts',
    targetSum: 1234.5,
    flavour: 'seurat_v3',
    sourceGenes: 9,
    geneNames: ['Gen µ "1"', 'b\\n', 'naïve, T=3'],
    geneIndices: [0, 4, 8],
    mean: null,
    std: null,
  },
  labels: {
    keys: [{ key: 'Zelltyp: fein', names: ['a=1', 'b, c', '日本'] }],
    clusters: 2,
    combinations: [
      { codes: [-1], cells: 2 },
      { codes: [2], cells: 1 },
    ],
  },
  state: {
    kind: 'latent',
    readout: 'negative-binomial',
    autoencoder: { genes: 3, latent: 2, labels: 3, hidden: 4, decoder: { kind: 'sparse', dim: 4, atoms: 6 } },
  },
  denoiser: {
    ...{ kind: 'crate', width: 3, conditionWidth: 5 },
    ...{ tokens: 2, dim: 8, depth: 1, heads: 2, atoms: 16 },
  },
  diffusion: { schedule: 'cosine', parameterisation: 'v', weighting: 'uniform' },
  sampling: { sampler: 'dpmpp', steps: 20, guidance: 1 },
  trainedOn: { file: 'a b.h5ad', sha256: 'ab', cells: 3, genes: 9, matrix: 'layers/counts', reason: 'why.' },
};

const paramsOf = (part: string) => neededParameters(description).get(part)!;
const weightsOf = (part: string, seed: number) => initialWeights(paramsOf(part), seed);
const shapesOf = (part: string) =>
  new Map(paramsOf(part).map(({ name, tensor }) => [name, tensor.shape as readonly number[]]));

test('a model comes back from its file: description, weights, averages first, standardisation', async (t) => {
  const file = join(temporaryFolder(t), 'model.safetensors');
  const trained = (part: string, averages: TrainedWeights['averages']): TrainedWeights => ({
    weights: weightsOf(part, 1),
    averages,
    shapes: shapesOf(part),
  });
  const model: TrainedModel = {
    description,
    parts: new Map([
      ['autoencoder', trained('autoencoder', weightsOf('autoencoder', 2))],
      ['denoiser', trained('denoiser', null)],
    ]),
    standardisation: { mean: Float32Array.of(1, 2, 3), deviation: Float32Array.of(4, 5, 6) },
    clusterCentres: { format: 'dense', rows: 2, cols: 3, data: Float32Array.of(1, 0, 2, 3, 5, 4) },
  };
  await writeModel(file, model);
  assert.deepEqual(await readModel(file), {
    description,
    weights: new Map([
      ['autoencoder', weightsOf('autoencoder', 2)],
      ['denoiser', weightsOf('denoiser', 1)],
    ]),
    standardisation: model.standardisation,
    clusterCentres: model.clusterCentres,
  });
  const { tensors } = await readSafetensors(file);
  for (const [name, shape] of shapesOf('denoiser')) {
    assert.deepEqual(tensors.get(`denoiser.${name}`)?.shape, shape, 'for readers in other languages');
  }
});

test('a checkpoint comes back from its file, wherever the run stands', async (t) => {
  const file = join(temporaryFolder(t), 'state.safetensors');
  const arrays = (seed: number) => weightsOf('denoiser', seed);
  const state: TrainingState = {
    step: 1234,
    weights: arrays(1),
    firstMoments: arrays(2),
    secondMoments: arrays(3),
    averages: arrays(4),
  };
  const record = {
    ...{ name: 'denoiser', steps: 1234, firstLoss: 0.1, finalLoss: -1 / 3, seconds: 1e-3 },
    heldOut: null,
    epochs: 2.5,
  };
  const heldOut = { loss: 0.25, step: 1200, lowest: 0.249 };
  const best = { ...heldOut, weights: arrays(8), averages: arrays(9) };
  const finished = [
    { record: { ...record, name: 'autoencoder' }, trained: { weights: arrays(5), averages: arrays(6) } },
    { record: { ...record, name: 'other' }, trained: { weights: arrays(7), averages: null } },
  ];
  const positions: readonly Checkpoint[] = [
    { finished: [], current: null },
    { finished, current: null },
    { finished, current: { record, state, best: null } },
    { finished, current: { record: { ...record, heldOut }, state, best } },
    {
      finished: [],
      current: {
        record: { ...record, firstLoss: null, finalLoss: null },
        best: null,
        state: { ...state, averages: null },
      },
    },
  ];
  for (const checkpoint of positions) {
    await writeCheckpoint(file, checkpoint);
    assert.deepEqual(await readCheckpoint(file), checkpoint);
  }
});
