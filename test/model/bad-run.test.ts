import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { readSafetensors, type StoredTensor, writeSafetensors } from '../../src/io/safetensors.js';
import { writeH5ad } from '../../src/io/write.js';
import { train } from '../../src/model/train.js';
import { runCli } from '../cli/run-cli.js';
import { refused } from './refused.js';
import { smallTissue } from './small-tissue.js';

const folder = mkdtempSync(join(tmpdir(), 'cellcrate-test-'));
const path = (name: string) => join(folder, name);
const model = path('run/model.safetensors');

before(async () => {
  await writeH5ad(path('data.h5ad'), smallTissue());
  await train(path('data.h5ad'), { out: path('run'), steps: 1, threads: 1, labelKeys: ['cell_type'] });
});
after(() => rmSync(folder, { recursive: true }));

const refuse = (args: readonly string[], status: 1 | 2, message: RegExp) =>
  refused(folder, ['generate', '-o', path('new.h5ad'), ...args], status, message);

test('a run that is none, or none yet', async () => {
  await refuse([path('nowhere'), '-n', '5'], 1, /nowhere: does not exist\. Give a folder made by cellcrate/);
  await refuse([path('data.h5ad'), '-n', '5'], 1, /data\.h5ad: is not a run folder/);
  mkdirSync(path('thesis'));
  await refuse([path('thesis'), '-n', '5'], 1, /thesis: is not a run folder/);
  const signal = AbortSignal.abort();
  await train(path('data.h5ad'), { out: path('half'), steps: 1, threads: 1, signal });
  await refuse([path('half'), '-n', '5'], 1, /half: is a run that is not finished\. Go on with .*--resume/);
});

test('wishes that the model cannot meet', async () => {
  const run = path('run');
  await refuse([run], 2, /-n: is missing/);
  const known = /does not know 'T cell'\. It knows cell_type: 'B cell', .*'rare'/;
  await refuse([run, '-n', '5', '--label', 'T cell'], 2, known);
  await refuse([run, '-n', '5', '--label', 'B cell=7'], 2, /-n: 5 cells do not fit the 7 of the labels/);
  await refuse([run, '-n', '5', '--steps', '1001'], 2, /steps: .*from 1 to 1000/);
});

test('an output that exists stays, unless --force is given', async () => {
  const out = path('existing.h5ad');
  writeFileSync(out, 'precious');
  const args = ['generate', path('run'), '-n', '5', '-o', out, '--steps', '1', '--quiet'];
  await refused(folder, args.slice(0, -1), 1, /existing\.h5ad: exists already\..*--force/);
  assert.equal((await runCli(...args, '--force')).status, 0);
  assert.notEqual(readFileSync(out, 'latin1').slice(0, 8), 'precious');
  await refused(folder, ['generate', path('run'), '-n', '5', '-o', path('run'), '--force'], 1, /is a folder/);
  await refuse([path('run'), '-n', '5', '-o', path('no/such/folder.h5ad')], 1, /folder .* does not exist/);
});

/** Puts something else in the model's place for the time of a test. */
async function withModel(change: (file: string) => unknown, message: RegExp): Promise<void> {
  const sound = readFileSync(model);
  try {
    await change(model);
    await refuse([path('run'), '-n', '5'], 1, message);
  } finally {
    writeFileSync(model, sound);
  }
}

async function rewrite(
  file: string,
  change: (tensors: Map<string, StoredTensor>, metadata: Record<string, string>) => void,
): Promise<void> {
  const { tensors, metadata } = await readSafetensors(file);
  const [changed, described] = [new Map(tensors), { ...metadata }];
  change(changed, described);
  await writeSafetensors(file, changed, described);
}

test('a model file that is cut short, overwritten or of another kind', async () => {
  await withModel((file) => writeFileSync(file, ''), /model\.safetensors: is too short/);
  await withModel(
    (file) => writeFileSync(file, readFileSync(file).subarray(0, 300_000)),
    /model\.safetensors: .*(ends early|does not lie within the file)/,
  );
  await withModel((file) => writeFileSync(file, 'x'.repeat(5000)), /model\.safetensors: /);
  await withModel(
    (file) => rewrite(file, (_, metadata) => Object.assign(metadata, { format: 'pt' })),
    /model\.safetensors: is not a cellcrate model/,
  );
});

test('a model of a later version says which cellcrate to take', async () => {
  await withModel(
    (file) =>
      rewrite(file, (_, metadata) => Object.assign(metadata, { formatVersion: '1000', cellcrate: '3.1.4' })),
    /has format version 1000, and this cellcrate reads \d+\. Train it again, or use the cellcrate that wrote it \(3\.1\.4\)/,
  );
});

test('a model whose description or arrays are not all there', async () => {
  const cut = (_: unknown, metadata: Record<string, string>) => {
    metadata.description = metadata.description.slice(0, -9);
  };
  await withModel((file) => rewrite(file, cut), /has a damaged model description/);
  const empty = (_: unknown, metadata: Record<string, string>) => {
    metadata.description = '{}';
  };
  await withModel((file) => rewrite(file, empty), /has a damaged model description/);
  const without = (part: string) => (tensors: Map<string, StoredTensor>) => {
    for (const name of [...tensors.keys()]) if (name.includes(part)) tensors.delete(name);
  };
  for (const part of [
    'denoiser.',
    'autoencoder.',
    'state.mean',
    'library.logs',
    'library.scores',
    'library.places',
    'decoder.lift',
    'ema.denoiser.tokens',
  ]) {
    await withModel((file) => rewrite(file, without(part)), /model\.safetensors: is incomplete.* Train/);
  }
  const reversed = (tensors: Map<string, StoredTensor>) => {
    (tensors.get('library.logs')!.data as Float32Array).reverse();
  };
  await withModel((file) => rewrite(file, reversed), /is damaged: its library sizes are no scale\. Train/);
  const shortened = (tensors: Map<string, StoredTensor>) => {
    const [name] = [...tensors.keys()].filter((one) => one.startsWith('ema.denoiser'));
    tensors.set(name, { dtype: 'F32', shape: [1], data: Float32Array.of(1) });
  };
  await withModel((file) => rewrite(file, shortened), /model\.safetensors: /);
});

test('values that overflow are not written', async () => {
  const overflow = /run: the model's values overflow\. Train longer, or lower --guidance or --lr/;
  const scale = (part: string, factor: number) => (tensors: Map<string, StoredTensor>) => {
    for (const [name, { dtype, data }] of tensors) {
      if (!name.includes(part) || dtype !== 'F32') continue;
      for (let i = 0; i < data.length; i++) data[i] *= factor;
    }
  };
  for (const [part, factor] of [
    ['denoiser.', Number.NaN],
    ['denoiser.', 1e12],
    ['state.deviation', 1e6],
    ['state.mean', Number.POSITIVE_INFINITY],
  ] as const) {
    await withModel((file) => rewrite(file, scale(part, factor)), overflow);
  }
});
