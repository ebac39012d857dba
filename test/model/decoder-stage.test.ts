import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { decoderLoss } from '../../src/counts/autoencoder.js';
import { chooseRows, takeRows } from '../../src/counts/cell-rows.js';
import { denseRows } from '../../src/counts/csr.js';
import { readoutOf } from '../../src/counts/readout.js';
import { Program } from '../../src/graph/program.js';
import { input } from '../../src/graph/tensor.js';
import { autoencoderStage, encodeCells } from '../../src/model/autoencoder-stage.js';
import { labelWidth } from '../../src/model/decoder-labels.js';
import { decoderStage, type EncodedCells, joinEncoded, withDecoder } from '../../src/model/decoder-stage.js';
import { posteriorEncoding } from '../../src/model/encoding.js';
import { measuredInputs } from '../../src/model/measured-cells.js';
import { presets, stateSpaceOf } from '../../src/model/presets.js';
import { bestWeights, type TrainedWeights } from '../../src/model/stage.js';
import { runOptions } from '../../src/model/train-options.js';
import { loadTrainingCells } from '../../src/model/training-cells.js';
import { initialWeights, Params } from '../../src/nn/params.js';
import { stream } from '../../src/random/stream.js';
import { workplace } from './small-tissue.js';

const engine = { device: 'cpu', threads: 1 } as const;

/** An autoencoder of a small tissue as it is before training, and the stage that goes on with its decoder. */
async function begunStage(t: TestContext) {
  const { data, path } = await workplace(t);
  const run = await runOptions({ out: path('run'), heldOut: 0, labelKeys: ['cell_type'] });
  const cells = await loadTrainingCells(data, {
    ...{
      layer: run.layer,
      labelKeys: run.labelKeys,
      genes: run.genes,
      flavour: run.hvg,
      scaling: run.scaling,
    },
    ...{ heldOut: 0, seed: 0, run: path('run') },
  });
  t.after(() => cells.close());
  const { prepared } = cells;
  const { space } = cells.labels;
  const genes = prepared.preprocessing.geneNames.length;
  const state = stateSpaceOf('crate', 'counts', genes, 'sparse', 'base', { labels: labelWidth(space) });
  assert.ok(state.kind === 'latent');
  const { autoencoder: size, readout } = state;
  const recipe = { ...presets.crate.recipes.autoencoder, batchSize: 16 };
  const first = autoencoderStage(cells, null, size, readout, recipe, 0);
  const begun: TrainedWeights = {
    weights: initialWeights(first.params, 3),
    averages: initialWeights(first.params, 4),
    shapes: new Map(first.params.map(({ name, tensor }) => [name, tensor.shape as readonly number[]])),
  };
  const posteriors = await encodeCells(prepared, size, bestWeights(begun), engine);
  const encoding = posteriorEncoding(posteriors, prepared.values.rows);
  const { labels } = cells;
  const stage = decoderStage('rest', { prepared, labels, encoding }, null, size, readout, begun, recipe, 0);
  return { stage, begun, size, readout, recipe, posteriors, cells: prepared, labels };
}

test('the decoder goes on from where it is, and the encoder is not among what is trained', async (t) => {
  const { stage, begun } = await begunStage(t);
  const names = [...begun.weights.keys()];
  assert.ok(names.some((name) => name.startsWith('encoder.')));
  assert.deepEqual(
    stage.params.map(({ name }) => name).sort(),
    names.filter((name) => !name.startsWith('encoder.')).sort(),
  );
  for (const { name } of stage.params) {
    assert.equal(stage.startingValues?.get(name), begun.averages!.get(name), name);
  }
});

test('its loss is that of the cells at draws from their posteriors, other ones at each step', async (t) => {
  const { stage, begun, size, readout, posteriors, cells } = await begunStage(t);
  const rows = Int32Array.from({ length: 16 }, (_, i) => 2 * i);
  const given = stage.feeds(rows, 7);
  const z = (given.z.data as Float32Array).slice();
  const noise = new Float32Array(z.length);
  stream(0, 'posterior draws for the decoder', 0, 7).fillNormal(noise);
  const counts = new Float32Array(rows.length * size.genes);
  denseRows(takeRows(cells.values, rows), [...rows.keys()], counts);
  assert.deepEqual(given.values.data, counts);
  const totals = Float32Array.from(rows, (_, i) =>
    Math.log(counts.subarray(i * size.genes, (i + 1) * size.genes).reduce((a, b) => a + b)),
  );
  assert.deepEqual(given.logLibrary.data, totals);
  rows.forEach((cell, i) => {
    for (let k = 0; k < size.latent; k++) {
      const at = cell * size.latent + k;
      const drawn = posteriors.mean[at] + posteriors.deviation[at] * noise[i * size.latent + k];
      assert.ok(Math.abs(z[i * size.latent + k] - drawn) < 1e-5);
    }
  });
  const params = Params.create();
  const loss = decoderLoss(params, size, readoutOf(readout), {
    ...measuredInputs(size.genes, rows.length),
    z: input('z', [rows.length, size.latent]),
    labels: input('labels', [rows.length, size.labels]),
  });
  const lossOf = async (feeds: typeof given) => {
    const found = await Promise.all(
      [loss, stage.loss].map(async (one) => {
        const program = await Program.compile({ loss: one }, engine, begun.weights);
        const result = await program.run(feeds);
        await program.close();
        return result.loss[0];
      }),
    );
    assert.equal(found[0], found[1]);
    return found[0];
  };
  const before = await lossOf({ ...given, z: { ...given.z, data: z } });
  assert.equal(before, await lossOf(stage.feeds(rows, 7)), 'the same step, the same draws');
  assert.notEqual(before, await lossOf(stage.feeds(rows, 8)));
});

test('at its end it learns from the cells that were held out too, as if they had never been apart', async (t) => {
  const { begun, size, readout, recipe, posteriors, cells, labels } = await begunStage(t);
  const { rows } = cells.values;
  const part = (from: number, to: number): EncodedCells => {
    const own = Int32Array.from({ length: to - from }, (_, i) => from + i);
    const [mean, deviation] = [posteriors.mean, posteriors.deviation].map((values) =>
      values.slice(from * size.latent, to * size.latent),
    );
    return {
      prepared: {
        ...cells,
        values: chooseRows(cells.values, own),
        librarySize: cells.librarySize.slice(from, to),
      },
      labels: { ...labels, codes: labels.codes.slice(from, to) },
      encoding: posteriorEncoding({ mean, deviation }, own.length),
    };
  };
  const stageOf = (learned: EncodedCells) =>
    decoderStage('end', learned, null, size, readout, begun, recipe, 0);
  const joined = stageOf(joinEncoded(part(0, 40), part(40, rows)));
  const whole = stageOf(part(0, rows));
  assert.deepEqual([joined.cells, joined.heldOut, joined.mostSteps], [rows, null, 1000]);
  const mixed = Int32Array.from({ length: recipe.batchSize }, (_, i) => (i * 29) % rows);
  assert.ok(mixed.some((row) => row < 40) && mixed.some((row) => row >= 40));
  assert.deepEqual(joined.feeds(mixed, 3), whole.feeds(mixed, 3));
});

test('a cell is told its label or, half of the time, none', async (t) => {
  const { stage, labels, size } = await begunStage(t);
  const rows = Int32Array.from({ length: 16 }, (_, i) => 3 * i);
  let hidden = 0;
  const steps = 40;
  for (let step = 0; step < steps; step++) {
    const { data, shape } = stage.feeds(rows, step).labels;
    assert.deepEqual(shape, [16, size.labels]);
    rows.forEach((cell, i) => {
      const own = Array.from(data.subarray(i * size.labels, (i + 1) * size.labels), Number);
      if (own.every((value) => value === 0)) hidden++;
      else assert.deepEqual(own.indexOf(1), labels.codes[cell]);
    });
  }
  assert.ok(Math.abs(hidden / (16 * steps) - 0.5) < 0.1, `${hidden}`);
});

test('the model has the encoder of the first stage and the decoder of the second', async (t) => {
  const { stage, begun } = await begunStage(t);
  const decoder: TrainedWeights = {
    weights: initialWeights(stage.params, 5),
    averages: initialWeights(stage.params, 6),
    shapes: new Map(),
  };
  const joined = withDecoder(begun, decoder);
  assert.deepEqual(joined.shapes, begun.shapes);
  for (const [name, kept] of begun.averages!) {
    const from = name.startsWith('encoder.') ? kept : decoder.averages!.get(name);
    assert.equal(joined.averages!.get(name), from, name);
  }
  for (const [name, kept] of begun.weights) {
    assert.equal(joined.weights.get(name), decoder.weights.get(name) ?? kept, name);
  }
});

test('the prior weighs as much as is asked for in the end, and as much at looks', async (t) => {
  const { size, readout, recipe, cells, labels } = await begunStage(t);
  const data = { prepared: cells, labels };
  const rows = Int32Array.from({ length: 16 }, (_, i) => i);
  const weights = (priorWeight?: number) => {
    const stage = autoencoderStage(data, data, size, readout, recipe, 0, { priorWeight });
    const looks = stage.heldOut!.batches.map(({ priorWeight: value }) => value.data[0]);
    return [
      ...[0, 250, 500, 900].map((step) => stage.feeds(rows, step).priorWeight.data[0]),
      ...new Set(looks),
    ];
  };
  assert.deepEqual(weights(), [0, 0.5, 1, 1, 1]);
  assert.deepEqual(weights(0.25), [0, 0.125, 0.25, 0.25, 0.25]);
});
