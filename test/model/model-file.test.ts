import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import type { TrainingState } from '../../src/graph/training-step.js';
import { readSafetensors } from '../../src/io/safetensors.js';
import { type Checkpoint, readCheckpoint, writeCheckpoint } from '../../src/model/checkpoint.js';
import { neededParameters } from '../../src/model/export-onnx.js';
import { readModel, type TrainedModel, writeModel } from '../../src/model/model-file.js';
import type { TrainedWeights } from '../../src/model/stage.js';
import { initialWeights } from '../../src/nn/params.js';
import { temporaryFolder } from '../temporary-folder.js';
import { smallDescription as description } from './small-description.js';

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
    standardisation: {
      mean: Float32Array.of(1, 2, 3),
      deviation: Float32Array.of(4, 5, 6),
      library: {
        logs: Float32Array.of(1, 2),
        scores: Float32Array.of(-1, 1),
        places: Float32Array.of(-1, 1),
      },
    },
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
    ...{ name: 'denoiser', batchSize: 256, steps: 1234, firstLoss: 0.1, finalLoss: -1 / 3, seconds: 1e-3 },
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
