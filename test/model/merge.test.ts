import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { readH5ad } from '../../src/io/read.js';
import { writeH5ad } from '../../src/io/write.js';
import { type GenerateOptions, generate } from '../../src/model/generate.js';
import { merge } from '../../src/model/merge.js';
import { subsetCells } from '../../src/model/subset-cells.js';
import { train } from '../../src/model/train.js';
import { logNormalisedTissue } from './small-tissue.js';
import { trainedTissue } from './trained-tissue.js';

const { folder, path, run } = trainedTissue(20);

const quick = { steps: 3, threads: 1, batchSize: 8 } as const;

async function shards(name: string, of: number, options: Partial<GenerateOptions>, model = run) {
  const files = Array.from({ length: of }, (_, i) => path(`${name}-${i + 1}.h5ad`));
  for (const [i, out] of files.entries()) {
    await generate(model, { ...quick, ...options, shard: `${i + 1}/${of}`, out });
  }
  return files;
}

const calls: readonly (readonly [string, number, Partial<GenerateOptions>])[] = [
  ['labels as in training, a last batch that is not full', 3, { n: 45, seed: 3 }],
  ['requested labels, guidance', 2, { labels: ['B cell=9', 'd1=20'], guidance: 1.5 }],
  ['programmes', 4, { n: 50, programs: ['3=+1'] }],
  ['one shard of a single batch', 1, { n: 5 }],
  ['as many shards as batches', 5, { n: 40 }],
];

for (const [name, of, options] of calls) {
  test(`merged shards have the bytes of one call: ${name}`, async () => {
    const whole = path(`${name}.h5ad`);
    await generate(run, { ...quick, ...options, out: whole });
    const parts = await shards(name, of, options);
    const out = path(`${name} merged.h5ad`);
    const summary = await merge([...parts].reverse(), { out });
    assert.equal(summary.parts, of);
    const [merged, single] = [await readH5ad(out), await readH5ad(whole)];
    assert.equal(summary.cells, single.obs.index.length);
    assert.deepEqual(merged, single);
    assert.ok(readFileSync(out).equals(readFileSync(whole)), 'bytes');
  });
}

test('the same without counts, where X is all there is', async () => {
  await writeH5ad(path('logged.h5ad'), logNormalisedTissue());
  await train(path('logged.h5ad'), { out: path('logged'), steps: 5, threads: 1 });
  await generate(path('logged'), { ...quick, n: 30, out: path('logged-whole.h5ad') });
  const parts = await shards('logged', 2, { n: 30 }, path('logged'));
  await merge(parts, { out: path('logged-merged.h5ad') });
  assert.ok(readFileSync(path('logged-merged.h5ad')).equals(readFileSync(path('logged-whole.h5ad'))));
});

test('shards share no cell, are cut between batches, and say what they are', async () => {
  const parts = await Promise.all((await shards('cut', 3, { n: 45 })).map((file) => readH5ad(file)));
  assert.deepEqual(
    parts.flatMap(({ obs }) => obs.index),
    Array.from({ length: 45 }, (_, i) => `cell_${i}`),
  );
  const records = parts.map(({ uns }) => ({ ...(uns.cellcrate as { shard: object }).shard }));
  assert.deepEqual(records, [
    { number: 1, of: 3, start: 0, end: 16, batch_size: 8 },
    { number: 2, of: 3, start: 16, end: 32, batch_size: 8 },
    { number: 3, of: 3, start: 32, end: 45, batch_size: 8 },
  ]);
});

test('parts that are no whole are refused in a sentence, and nothing is written', async () => {
  const [a, b, c] = await shards('sound', 3, { n: 24 });
  const [otherSeed] = await shards('seed', 3, { n: 24, seed: 1 });
  const [otherCut] = await shards('cut in two', 2, { n: 24 });
  const [otherBatch] = await shards('batch', 3, { n: 24, batchSize: 4 });
  await generate(run, { ...quick, n: 8, out: path('whole.h5ad') });
  const part = await readH5ad(b);
  await writeH5ad(path('no labels.h5ad'), { ...part, obs: { ...part.obs, columns: new Map() } });
  const refused: readonly (readonly [readonly string[], RegExp])[] = [
    [[], /^OptionError: PART: none is given/],
    [[a, c], /^DataError: PART: shard 2\/3 of 3 is missing.*--shard 2\/3/],
    [[b], /shards 1\/3, 3\/3 of 3 are missing/],
    [[a, b, b, c], /sound-2.h5ad and .*sound-2.h5ad: both are shard 2\/3/],
    [[a, b, otherSeed, c], /sound-1.h5ad and .*seed-1.h5ad: .*seed is 0 and 1/],
    [[a, otherCut], /cut into 3 shards, the other into 2/],
    [[a, otherBatch], /batch size is 8 and 4/],
    [[a, path('no labels.h5ad'), c], /their genes, labels or matrices differ/],
    [[a, path('whole.h5ad'), c], /^FileError: .*whole.h5ad: is no part of a generation/],
    [[a, path('gone.h5ad')], /^FileError: .*gone.h5ad/],
  ];
  const before = readdirSync(folder);
  for (const [files, message] of refused) {
    await assert.rejects(merge(files, { out: path('no.h5ad') }), message);
    assert.deepEqual(readdirSync(folder), before);
  }
  await assert.rejects(merge([a, b, c], { out: path('whole.h5ad') }), /exists already/);
});

test('a part that lost cells is told from a sound one', async () => {
  const [a, b] = await shards('lost', 2, { n: 16 });
  await writeH5ad(path('lost.h5ad'), subsetCells(await readH5ad(b), Int32Array.of(0, 1, 2, 3, 4)));
  await assert.rejects(merge([a, path('lost.h5ad')], { out: path('no.h5ad') }), /it has 5 cells, not 8/);
});

test('shards that make no sense are refused before anything is drawn', async () => {
  const wrong: readonly (readonly [string, RegExp])[] = [
    ['0/2', /^OptionError: --shard: '0\/2' is no part of a whole/],
    ['3/2', /--shard: '3\/2'/],
    ['1', /--shard: '1' .*Give K\/S/],
    [
      '1/4',
      /4 shards are too many: 20 cells are 3 batches of 8\. Cut into 3 at most, or a --batch-size of 5/,
    ],
  ];
  for (const [shard, message] of wrong) {
    await assert.rejects(generate(run, { ...quick, n: 20, shard, out: path('no.h5ad') }), message);
  }
});

test('an interruption leaves no file', async () => {
  const parts = await shards('interrupted', 2, { n: 32 });
  const before = readdirSync(folder);
  const controller = new AbortController();
  const merged = merge(parts, {
    out: path('no.h5ad'),
    signal: controller.signal,
    onProgress: () => controller.abort(new Error('enough')),
  });
  await assert.rejects(merged, /enough/);
  assert.deepEqual(readdirSync(folder), before);
});
