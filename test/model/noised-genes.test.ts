import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { toCsr } from '../../src/counts/csr.js';
import { expressionSpread, normalisedRows } from '../../src/counts/preprocessing.js';
import { readH5ad } from '../../src/io/read.js';
import { drawEncoded, noisedGenes } from '../../src/model/encoding.js';
import { explain } from '../../src/model/explain.js';
import { generate } from '../../src/model/generate.js';
import { readModel } from '../../src/model/model-file.js';
import { encodedRows } from '../../src/model/state-rows.js';
import { type TrainOptions, train } from '../../src/model/train.js';
import { runOptions } from '../../src/model/train-options.js';
import { loadTrainingCells } from '../../src/model/training-cells.js';
import { stream } from '../../src/random/stream.js';
import { logNormalisedTissue, smallTissue, workplace } from './small-tissue.js';
import { trainedTensors } from './trained-tensors.js';

const options = { preset: 'crate-genes', steps: 6, threads: 1, seed: 3, labelKeys: ['cell_type'] } as const;

/** Prepared cells of a small tissue, and their normalised expression, cells x genes. */
async function preparedTissue(t: Parameters<typeof workplace>[0]) {
  const { data, path } = await workplace(t, smallTissue({ cells: 300 }));
  const run = await runOptions({ out: path('run'), heldOut: 0 });
  const cells = await loadTrainingCells(data, {
    ...{ layer: run.layer, labelKeys: [], genes: run.genes, flavour: run.hvg, scaling: run.scaling },
    ...{ heldOut: 0, seed: 0, run: path('run') },
  });
  t.after(() => cells.close());
  const { prepared } = cells;
  const { rows, cols } = prepared.values;
  const all = Int32Array.from({ length: rows }, (_, i) => i);
  const expression = new Float32Array(rows * cols);
  normalisedRows(prepared, all, expression);
  return { prepared, rows, cols, all, expression };
}

test('the spread of expression is the root of the mean variance over genes', async (t) => {
  const { prepared, rows, cols, expression } = await preparedTissue(t);
  let total = 0;
  for (let gene = 0; gene < cols; gene++) {
    const own = Array.from({ length: rows }, (_, i) => expression[i * cols + gene]);
    const mean = own.reduce((a, b) => a + b) / rows;
    total += own.reduce((sum, value) => sum + (value - mean) ** 2, 0) / rows;
  }
  assert.ok(Math.abs(expressionSpread(prepared) - Math.sqrt(total / cols)) < 1e-5);
});

test('a draw is the expression of its cell and noise of the deviation that was asked for', async (t) => {
  const { prepared, cols, expression } = await preparedTissue(t);
  const rows = Int32Array.of(7, 2, 7);
  const draws = new Float32Array(rows.length * cols);
  stream(5, 'test').fillNormal(draws);
  const normal = draws.slice();
  drawEncoded(noisedGenes(prepared, 0.7), rows, draws);
  draws.forEach((value, at) => {
    const clean = expression[rows[Math.floor(at / cols)] * cols + (at % cols)];
    assert.ok(Math.abs(value - (clean + 0.7 * normal[at])) < 1e-5);
  });
});

test('what is diffused has variance 1, but the library size 25, so that genes do not drown it', async (t) => {
  const { prepared, all, cols } = await preparedTissue(t);
  const rows = encodedRows(prepared, noisedGenes(prepared, 0.7), true, 1);
  const width = cols + 1;
  assert.equal(rows.width, width);
  const squares = new Float64Array(width);
  const out = new Float32Array(all.length * width);
  const draws = 30;
  for (let step = 0; step < draws; step++) {
    rows.fill(all, step, out);
    out.forEach((value, at) => {
      squares[at % width] += value ** 2;
    });
  }
  squares.forEach((sum, k) => {
    const variance = sum / (draws * all.length);
    assert.ok(Math.abs(variance / (k === cols ? 25 : 1) - 1) < 0.1, `${k}: ${variance}`);
  });
  const { data } = rows.centres([3, 4]);
  assert.equal(data.length, 2 * width);
});

test('trained, it draws counts, steered and whole; the model says how much noise there is', async (t) => {
  const { data, path } = await workplace(t);
  await train(data, { ...options, out: path('run') });
  const { description } = await readModel(join(path('run'), 'model.safetensors'));
  const { state, denoiser, labels } = description;
  assert.ok(state.kind === 'noised-genes' && denoiser.kind === 'crate');
  assert.equal(state.autoencoder.latent, 23);
  assert.equal(denoiser.width, 24);
  assert.ok(state.noise > 0.1 && state.noise < 5, `${state.noise}`);
  assert.equal(labels.keys[0].key, 'cell_type');
  await generate(path('run'), {
    out: path('cells.h5ad'),
    labels: ['B cell=12'],
    threads: 1,
    steps: 3,
  });
  const { obs, layers } = await readH5ad(path('cells.h5ad'));
  assert.equal(obs.index.length, 12);
  const { rows, data: counts } = toCsr(layers.get('counts')!);
  assert.equal(rows, 12);
  assert.ok(counts.length > 0 && counts.every((count) => Number.isInteger(count) && count > 0));
});

test('interrupted in either stage, it comes to the same weights bit for bit', async (t) => {
  const { data, path } = await workplace(t, smallTissue({ cells: 90 }));
  await train(data, { ...options, out: path('whole') });
  for (const at of ['decoder', 'denoiser']) {
    const controller = new AbortController();
    const onProgress: TrainOptions['onProgress'] = ({ stage, step }) => {
      if (stage === at && step === 3) controller.abort();
    };
    const begun = await train(data, {
      ...{ ...options, out: path(at), onProgress, signal: controller.signal },
    });
    assert.equal(begun.interrupted, true);
    await train(data, { out: path(at), resume: true });
    assert.deepEqual(await trainedTensors(path(at)), await trainedTensors(path('whole')));
  }
});

test('of log-normalised values it draws such values', async (t) => {
  const { data, path } = await workplace(t, logNormalisedTissue());
  await train(data, { ...options, out: path('run') });
  await generate(path('run'), { out: path('cells.h5ad'), n: 10, threads: 1, steps: 3 });
  const { X, layers } = await readH5ad(path('cells.h5ad'));
  assert.equal(layers.size, 0);
  assert.ok(X!.data.every((value) => value >= 0 && value < 20));
});

test('it is explained by its programmes, and says what is not shown', async (t) => {
  const { data, path } = await workplace(t);
  await train(data, { ...options, out: path('run') });
  const { programmes, objective, doses, denoiser, limits } = await explain(path('run'), { data, threads: 1 });
  assert.ok(programmes !== null && programmes.list.length > 0 && doses.length > 0);
  assert.ok(objective.noised.length > 0);
  const turned = { out: path('turned.h5ad'), n: 10, threads: 1, steps: 3, withPrograms: true };
  await generate(path('run'), { ...turned, programs: [`${programmes.list[0].atom}=+1`] });
  const { obsm, varm } = await readH5ad(turned.out);
  assert.equal(obsm.get('X_programs')!.rows, 10);
  assert.equal(varm.get('programs')!.rows, 23);
  assert.equal(denoiser, null);
  assert.match(limits.join('\n'), /parts do to genes is not shown for the preset crate-genes/);
});

test('what it has not is refused: a prior, sizes, scaled values', async (t) => {
  const { data, path } = await workplace(t);
  await train(data, { ...options, steps: 1, out: path('run') });
  await assert.rejects(
    generate(path('run'), { out: path('no.h5ad'), n: 5, fromPrior: true }),
    /--from-prior: the preset crate-genes has no prior/,
  );
  for (const [extra, message] of [
    [{ size: 'large' }, /--size: the preset crate-genes has one size/],
    [{ scaling: 'zscore' }, /--scaling: the preset crate-genes explains the values as they are/],
  ] as const) {
    await assert.rejects(train(data, { ...options, ...extra, out: path('no') }), message);
  }
});
