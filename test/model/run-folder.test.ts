import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { readH5ad } from '../../src/io/read.js';
import { generate } from '../../src/model/generate.js';
import { readModel } from '../../src/model/model-file.js';
import { RunFolder } from '../../src/model/run-folder.js';
import { train } from '../../src/model/train.js';
import { workplace } from './small-tissue.js';
import { trainedTensors } from './trained-tensors.js';

const options = { steps: 2, threads: 1 } as const;

test('a finished run holds the files that the documentation names, and config.json says how to repeat it', async (t) => {
  const { data, path, folder } = await workplace(t);
  const out = path('run');
  await train(data, { ...options, out, seed: 5, labelKeys: ['cell_type'], learningRate: 2e-3 });
  assert.deepEqual(readdirSync(out).sort(), [
    'config.json',
    'denoiser.onnx',
    'model.safetensors',
    'readout.onnx',
    'train.jsonl',
  ]);
  const config = JSON.parse(readFileSync(join(out, 'config.json'), 'utf8'));
  assert.equal(config.options.seed, 5);
  const { preset, genes, heldOut, size, priorWeight, decoder, device, scaling, threads } = config.options;
  const defaults = {
    preset: 'crate',
    genes: 2000,
    heldOut: 0.1,
    size: 'auto',
    priorWeight: 0.3,
    decoder: 'sparse',
    device: 'auto',
  };
  assert.deepEqual({ preset, genes, heldOut, size, priorWeight, decoder, device }, defaults);
  assert.deepEqual([scaling, threads], ['none', 1]);
  assert.match(config.versions.onnxruntime, /^\d+\.\d+/);
  assert.equal(config.data.file, 'data.h5ad');
  assert.equal(config.data.cells, 48);
  assert.match(config.data.sha256, /^[0-9a-f]{64}$/);

  const again = path('again');
  await train(data, { out: again, config: join(out, 'config.json') });
  assert.deepEqual(await trainedTensors(again), await trainedTensors(out));
  assert.deepEqual(JSON.parse(readFileSync(join(again, 'config.json'), 'utf8')), config);

  const other = path('other');
  await train(data, { out: other, config: join(out, 'config.json'), seed: 6, steps: 1 });
  assert.notDeepEqual(await trainedTensors(other), await trainedTensors(out));
  assert.deepEqual(readdirSync(folder).sort(), ['again', 'data.h5ad', 'other', 'run']);
});

test('a file of options may name them as the command line does', async (t) => {
  const { data, path } = await workplace(t);
  const file = path('options.json');
  writeFileSync(file, JSON.stringify({ 'label-key': ['cell_type'], lr: 1e-3, 'batch-size': 16, steps: 1 }));
  await train(data, { out: path('run'), config: file, threads: 1 });
  const { options: stored } = JSON.parse(readFileSync(path('run/config.json'), 'utf8'));
  assert.deepEqual([stored.labelKeys, stored.learningRate, stored.batchSize], [['cell_type'], 1e-3, 16]);
});

test('a gene-space model may see every gene at unit variance, and gives its cells back unscaled', async (t) => {
  const { data, path } = await workplace(t);
  const out = path('run');
  await train(data, { out, preset: 'wbdit', scaling: 'zscore', steps: 1, batchSize: 2, threads: 2 });
  const { preprocessing } = (await readModel(join(out, 'model.safetensors'))).description;
  assert.equal(preprocessing.std?.length, preprocessing.geneNames.length);
  await generate(out, { n: 2, out: path('cells.h5ad'), steps: 2, threads: 2 });
  const { X } = await readH5ad(path('cells.h5ad'));
  assert.ok(X!.data.every((value) => value >= 0 && Number.isFinite(value)));
  await assert.rejects(train(data, { out: path('no'), scaling: 'zscore' }), /--scaling: the preset crate/);
  await assert.rejects(
    train(data, { out: path('no'), preset: 'dit', decoder: 'mlp' }),
    /--decoder: the preset dit has no decoder/,
  );
  await assert.rejects(
    train(data, { out: path('no'), preset: 'wbdit', size: 'large' }),
    /--size: the preset wbdit has one size/,
  );
  await assert.rejects(
    train(data, { out: path('no'), preset: 'crate-genes', priorWeight: 1 }),
    /--prior-weight: the preset crate-genes has no prior/,
  );
  await assert.rejects(train(data, { out: path('no'), priorWeight: 0 }), /--prior-weight: /);
  await assert.rejects(
    train(data, { out: path('no'), sparsity: 0.1 }),
    /--sparsity: only --decoder raising has a price of programmes/,
  );
});

test('the autoencoder learns under the prior that is asked for, 0.3 of it by default', async (t) => {
  const { data, path } = await workplace(t);
  const learned = async (name: string, priorWeight?: number) => {
    const out = path(name);
    await train(data, { out, steps: 3, threads: 1, ...(priorWeight !== undefined && { priorWeight }) });
    return trainedTensors(out);
  };
  const byDefault = await learned('default');
  assert.deepEqual(await learned('same', 0.3), byDefault);
  assert.notDeepEqual(await learned('plain', 1), byDefault);
});

test('a price of programmes goes with its decoder, in a configuration and in a run that goes on', async (t) => {
  const { data, path } = await workplace(t);
  writeFileSync(path('priced.json'), JSON.stringify({ decoder: 'raising', sparsity: 0.01 }));
  const common = { config: path('priced.json'), steps: 1, threads: 1 };
  await train(data, { ...common, out: path('other'), decoder: 'sparse' });
  const optionsOf = async (run: string) => (await new RunFolder(path(run)).readConfig()).options;
  assert.equal((await optionsOf('other')).sparsity, undefined);
  const signal = AbortSignal.abort();
  await train(data, { ...common, out: path('priced'), signal });
  await train(data, { out: path('priced'), resume: true, sparsity: 0.01, threads: 1 });
  assert.equal((await optionsOf('priced')).sparsity, 0.01);
});

test('what exists is replaced only by --force, and only where it is a run', async (t) => {
  const { data, path, folder } = await workplace(t);
  const out = path('run');
  await train(data, { ...options, out });
  const before = await trainedTensors(out);
  await assert.rejects(train(data, { ...options, out, seed: 1 }), /run: exists already\..*--force/);
  assert.deepEqual(await trainedTensors(out), before);

  // What the user named like this is the user's.
  mkdirSync(path('run.old'));
  await train(data, { ...options, out: `${out}/`, seed: 1, force: true });
  assert.notDeepEqual(await trainedTensors(out), before);
  assert.deepEqual(readdirSync(folder).sort(), ['data.h5ad', 'run', 'run.old']);

  mkdirSync(path('thesis'));
  writeFileSync(path('thesis/chapter.txt'), 'words');
  await assert.rejects(train(data, { ...options, out: path('thesis'), force: true }), /is not a run folder/);
  await assert.rejects(train(data, { ...options, out: data, force: true }), /is not a run folder/);
  assert.ok(existsSync(path('thesis/chapter.txt')));
});

test('a run that fails before anything was saved is taken back, and what it replaced returns', async (t) => {
  const { data, path, folder } = await workplace(t);
  const out = path('run');
  const diverging = { ...options, out, steps: 50, learningRate: 1e30 };
  await assert.rejects(train(data, diverging), /^DivergenceError: .*not finite at step \d+\. .*--lr/);
  assert.deepEqual(readdirSync(folder), ['data.h5ad']);
  await train(data, { ...options, out });
  const before = await trainedTensors(out);
  await assert.rejects(train(data, { ...diverging, force: true }), /DivergenceError/);
  assert.deepEqual(readdirSync(folder).sort(), ['data.h5ad', 'run']);
  assert.deepEqual(await trainedTensors(out), before);
});

test('a trained run outlives any number of interrupted attempts to replace it', async (t) => {
  const { data, path, folder } = await workplace(t);
  const out = path('run');
  await train(data, { ...options, out });
  const before = await trainedTensors(out);
  const messages: string[] = [];
  for (const seed of [1, 2]) {
    const signal = AbortSignal.abort();
    await train(data, {
      ...options,
      out,
      seed,
      signal,
      force: true,
      onMessage: (line) => messages.push(line),
    });
  }
  const kept = path('.run.replaced-run');
  assert.equal(messages.filter((line) => line.includes(kept)).length, 2);
  assert.deepEqual(await trainedTensors(kept), before);
  await train(data, { out, resume: true });
  assert.deepEqual(readdirSync(folder).sort(), ['data.h5ad', 'run']);
});

test('bad data leave an existing run as it was', async (t) => {
  const { data, path, folder } = await workplace(t);
  const out = path('run');
  await train(data, { ...options, out });
  const before = await trainedTensors(out);
  const attempts = { 'no obs column': { labelKeys: ['nope'] }, 'a batch of 49': { batchSize: 49 } };
  for (const [message, wrong] of Object.entries(attempts)) {
    await assert.rejects(train(data, { ...options, ...wrong, out, force: true }), new RegExp(message));
  }
  assert.deepEqual(await trainedTensors(out), before);
  assert.deepEqual(readdirSync(folder).sort(), ['data.h5ad', 'run']);
});

test("another tool's model folder is refused as it is, its checkpoint folder too", async (t) => {
  const { data, path } = await workplace(t);
  const out = path('theirs');
  mkdirSync(join(out, 'checkpoint'), { recursive: true });
  for (const name of ['model.safetensors', 'config.json', 'checkpoint/mine.txt'])
    writeFileSync(join(out, name), '{}');
  await assert.rejects(train(data, { ...options, out }), /exists already/);
  assert.deepEqual(readdirSync(join(out, 'checkpoint')), ['mine.txt']);
});
