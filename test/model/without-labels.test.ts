import assert from 'node:assert/strict';
import { copyFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { toCsr } from '../../src/counts/csr.js';
import { libraryScale } from '../../src/counts/library-scale.js';
import type { AnnData } from '../../src/io/anndata.js';
import { readH5ad } from '../../src/io/read.js';
import { cellReadout } from '../../src/model/cell-readout.js';
import { decoderFeeds } from '../../src/model/decoder-feeds.js';
import { type GenerateOptions, generate } from '../../src/model/generate.js';
import { readModel } from '../../src/model/model-file.js';
import { priorStates } from '../../src/model/prior-states.js';
import { type SamplingOptions, StateSampler } from '../../src/model/sampling.js';
import { stream } from '../../src/random/stream.js';
import { trainedTissue } from './trained-tissue.js';

const engine = { device: 'cpu', threads: 1 } as const;
const { path, run } = trainedTissue(100);

let files = 0;
async function generated(options: Omit<GenerateOptions, 'out'>): Promise<AnnData> {
  const file = path(`generated${files++}.h5ad`);
  await generate(run, { out: file, threads: 1, ...options });
  return readH5ad(file);
}

const countsOf = (data: AnnData) => toCsr(data.layers.get('counts')!);

test('from the prior: counts without labels, the same in any batch, and other cells than by diffusion', async () => {
  const [drawn, inBatches, diffused] = [
    await generated({ n: 20, fromPrior: true }),
    await generated({ n: 20, fromPrior: true, batchSize: 7 }),
    await generated({ n: 20 }),
  ];
  assert.deepEqual(countsOf(drawn), countsOf(inBatches));
  assert.notDeepEqual(countsOf(drawn), countsOf(diffused));
  assert.equal(drawn.obs.columns.size, 0);
  assert.equal((drawn.uns.cellcrate as { readonly sampler?: string }).sampler, undefined);
  assert.ok(countsOf(drawn).data.length > 20);
});

test('a model is drawn from without the rest of its run folder, or beside a damaged config.json', async () => {
  mkdirSync(path('alone'));
  copyFileSync(join(run, 'model.safetensors'), path('alone/model.safetensors'));
  const seedOf = async (folder: string) => {
    await generate(folder, { out: path('alone.h5ad'), n: 2, steps: 2, threads: 1, force: true });
    const { cellcrate } = (await readH5ad(path('alone.h5ad'))).uns;
    return (cellcrate as { readonly model: { readonly seed?: number } }).model.seed;
  };
  assert.equal(await seedOf(run), 0);
  assert.equal(await seedOf(path('alone')), undefined);
  writeFileSync(path('alone/config.json'), '{"format":"cellcrate r');
  assert.equal(await seedOf(path('alone')), undefined);
  const prior = { out: path('prior.h5ad'), n: 2, threads: 1, fromPrior: true, force: true };
  assert.equal((await generate(run, prior)).priorWeight, 0.3);
  assert.equal((await generate(path('alone'), prior)).priorWeight, undefined);
});

test('from the prior: library sizes as training cells have them, of two kinds too', async () => {
  const model = await readModel(join(run, 'model.safetensors'));
  const random = stream(5, 'library sizes');
  const logs = Array.from({ length: 4_000 }, (_, i) => (i % 20 === 0 ? 9 : 5) + 0.2 * random.normal());
  const twoKinds = { ...model, standardisation: { ...model.standardisation!, library: libraryScale(logs) } };
  const rows = await priorStates(twoKinds, 1).draw({ start: 0, cells: 4_000, codes: new Int32Array(8_000) });
  const drawn = decoderFeeds(twoKinds, rows, null).logLibrary.data as Float32Array;
  const large = drawn.filter((log) => log > 8).length / 4_000;
  const between = drawn.filter((log) => log > 6 && log < 8).length;
  // Three standard errors of a twentieth.
  assert.ok(Math.abs(large - 0.05) < 0.011, `${large}`);
  assert.ok(between < 20, `${between}`);
});

for (const [option, given] of [
  ['--label', { labels: ['B'] }],
  ['--guidance', { guidance: 2 }],
  ['--steps', { steps: 3 }],
] as const) {
  test(`from the prior: ${option} is refused, since the denoiser is not asked`, async () => {
    const asked = generate(run, { out: path('refused.h5ad'), n: 5, fromPrior: true, threads: 1, ...given });
    await assert.rejects(asked, (error: Error) => error.message.includes(option));
  });
}

test('guidance 0 keeps labels from denoiser and decoder alike, and cells carry none', async () => {
  const model = await readModel(path('run/model.safetensors'));
  const options: SamplingOptions = { sampler: 'dpmpp', steps: 5, guidance: 0, seed: 0 };
  const rowsOf = async (code: number, guidance: number) => {
    const sampler = await StateSampler.create(model, { ...options, guidance }, engine);
    const readout = await cellReadout(model, run, 0, engine, { hideLabels: guidance === 0 });
    const codes = new Int32Array(40).fill(code);
    const states = await sampler.draw({ start: 0, cells: 20, codes });
    const { layers } = await readout.read(states, codes, 0);
    await Promise.all([sampler.close(), readout.close()]);
    return layers!.get('counts');
  };
  assert.deepEqual(await rowsOf(0, 0), await rowsOf(1, 0));
  assert.notDeepEqual(await rowsOf(0, 1), await rowsOf(1, 1));
  const drawn = await generated({ n: 20, guidance: 0 });
  assert.equal(drawn.obs.columns.size, 0);
  assert.deepEqual((drawn.uns.cellcrate as { readonly label_keys?: readonly string[] }).label_keys, []);
  assert.ok(countsOf(drawn).data.length > 20);
});
