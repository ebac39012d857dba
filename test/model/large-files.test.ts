import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { toCsr } from '../../src/counts/csr.js';
import { readH5ad } from '../../src/io/read.js';
import { writeH5ad } from '../../src/io/write.js';
import { evaluate, type WorkProgress } from '../../src/model/evaluate.js';
import { split } from '../../src/model/split.js';
import { type TrainOptions, train } from '../../src/model/train.js';
import { temporaryFolder } from '../temporary-folder.js';
import { logNormalisedTissue, smallTissue, workplace } from './small-tissue.js';
import { trainedTensors } from './trained-tensors.js';

/** Stored values above which cells lie on the disk: here all do. */
const nothingInMemory = 0;

const tissue = { cells: 240, genes: 30 };
const options = { steps: 3, threads: 1, seed: 3, labelKeys: ['cell_type'] } as const;

const cases: readonly [string, Partial<TrainOptions>, typeof smallTissue][] = [
  ['latent coordinates of counts, with held-out cells', { genes: 20, heldOut: 0.2 }, smallTissue],
  ['genes under noise', { preset: 'crate-genes', genes: 16, heldOut: 0.2 }, smallTissue],
  ['log-normalised values', { preset: 'latent-dit' }, logNormalisedTissue as typeof smallTissue],
  ['genes, scaled', { preset: 'dit-small', genes: 16, scaling: 'zscore' }, smallTissue],
];

for (const [what, extra, made] of cases) {
  test(`a run from the disk has the weights of one in memory, and leaves nothing: ${what}`, async (t) => {
    const { folder, data, path } = await workplace(t, made(tissue));
    await train(data, { ...options, ...extra, out: path('memory') });
    await train(data, { ...options, ...extra, out: path('disk') }, nothingInMemory);
    assert.deepEqual(await trainedTensors(path('disk')), await trainedTensors(path('memory')));
    for (const file of ['model.safetensors', 'config.json', 'denoiser.onnx']) {
      assert.deepEqual(readFileSync(path(`disk/${file}`)), readFileSync(path(`memory/${file}`)), file);
    }
    assert.deepEqual(readdirSync(folder).sort(), ['data.h5ad', 'disk', 'memory']);
    assert.deepEqual(readdirSync(path('disk')).sort(), readdirSync(path('memory')).sort());
  });
}

test('an interrupted run from the disk goes on to the same weights, in memory or from the disk', async (t) => {
  const { data, path } = await workplace(t, smallTissue(tissue));
  await train(data, { ...options, out: path('whole') });
  for (const [name, mostInMemory] of [
    ['memory', undefined],
    ['disk', nothingInMemory],
  ] as const) {
    const controller = new AbortController();
    const onProgress: TrainOptions['onProgress'] = ({ stage, step }) => {
      if (stage === 'denoiser' && step === 1) controller.abort();
    };
    const { signal } = controller;
    const begun = await train(data, { ...options, out: path(name), signal, onProgress }, nothingInMemory);
    assert.equal(begun.interrupted, true);
    assert.deepEqual(readdirSync(path(`${name}/checkpoint`)), ['state.safetensors']);
    await train(data, { out: path(name), resume: true }, mostInMemory);
    assert.deepEqual(await trainedTensors(path(name)), await trainedTensors(path('whole')));
  }
});

test('a run that is refused leaves no scratch file', async (t) => {
  const { folder, data, path } = await workplace(t, smallTissue(tissue));
  const refused = train(data, { ...options, hvg: 'seurat_v3', batchSize: 1000, out: path('run') }, 0);
  await assert.rejects(refused, /batch/);
  assert.deepEqual(readdirSync(folder), ['data.h5ad']);
});

async function threeFiles(t: TestContext): Promise<{ real: string; generated: string; train: string }> {
  const folder = temporaryFolder(t);
  const paths = { real: '', generated: '', train: '' };
  for (const [i, name] of (['real', 'generated', 'train'] as const).entries()) {
    paths[name] = join(folder, `${name}.h5ad`);
    const contents = smallTissue({ cells: 60 + 20 * i, genes: 12, seed: i });
    await writeH5ad(paths[name], contents);
  }
  return paths;
}

test('an evaluation of files on the disk has the figures of one in memory, by one thread or two', async (t) => {
  const files = await threeFiles(t);
  const asked = { ...files, labelKey: 'cell_type' };
  const inMemory = await evaluate({ ...asked, threads: 1 });
  for (const threads of [1, 2]) {
    assert.deepEqual(await evaluate({ ...asked, threads }, nothingInMemory), inMemory);
  }
});

test('counts beside logarithms are brought to one scale from the disk as in memory', async (t) => {
  const folder = temporaryFolder(t);
  const paths = { real: join(folder, 'real.h5ad'), generated: join(folder, 'generated.h5ad') };
  await writeH5ad(paths.real, logNormalisedTissue({ cells: 60, genes: 12, seed: 1 }));
  await writeH5ad(paths.generated, smallTissue({ cells: 70, genes: 12, seed: 2 }));
  const asked = { ...paths, threads: 1 };
  assert.deepEqual(await evaluate(asked, nothingInMemory), await evaluate(asked));
});

test('a file that is split a few cells at a time comes apart as in memory', async (t) => {
  const folder = temporaryFolder(t);
  const path = join(folder, 'data.h5ad');
  const { X, ...rest } = smallTissue(tissue);
  // One value alone needs float64, far from the first cells.
  const data = Float64Array.from(X.data);
  data[data.length - 2] = 0.1;
  const layers = new Map([['counts', toCsr(X)]]);
  const raw = { X: toCsr(X), var: rest.var };
  const obsm = new Map([['X_place', { ...X, cols: 3, data: X.data.slice(0, 3 * X.rows) }]]);
  await writeH5ad(path, { ...rest, X: { ...X, data }, layers, raw, obsm, uns: { note: 'kept' } });
  const inMemory = await split(path, { out: join(folder, 'memory'), labelKey: 'cell_type' });
  const fromDisk = await split(path, { out: join(folder, 'disk'), labelKey: 'cell_type' }, nothingInMemory);
  assert.deepEqual([fromDisk.labels, fromDisk.warnings], [inMemory.labels, inMemory.warnings]);
  for (const part of ['train', 'test'] as const) {
    assert.deepEqual(await readH5ad(fromDisk[part].file), await readH5ad(inMemory[part].file));
  }
});

test('a split of a large file tells how far it is, and is stopped between blocks with nothing left', async (t) => {
  const { folder, data, path } = await workplace(t, smallTissue(tissue));
  const seen: WorkProgress[] = [];
  const onProgress = (progress: WorkProgress) => seen.push(progress);
  await split(data, { out: path('whole'), onProgress }, nothingInMemory);
  const fractions = seen.map(({ fraction }) => fraction);
  assert.deepEqual(
    fractions,
    [...fractions].sort((a, b) => a - b),
  );
  assert.ok(seen.filter(({ doing }) => doing === 'writing train.h5ad').length > 100);
  assert.deepEqual([fractions[0], fractions.at(-1)], [0, 1]);

  for (const part of ['train', 'test']) {
    const controller = new AbortController();
    let told = 0;
    const options = {
      out: path('stopped'),
      signal: controller.signal,
      onProgress: ({ doing }: WorkProgress) => {
        if (doing === `writing ${part}.h5ad` && ++told === 3) controller.abort();
      },
    };
    await assert.rejects(split(data, options, nothingInMemory), { name: 'AbortError' });
    assert.equal(told, 3);
    assert.deepEqual(readdirSync(folder).sort(), ['data.h5ad', 'whole']);
  }
});
