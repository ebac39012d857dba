import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import type { AnnData } from '../../src/io/anndata.js';
import { readH5ad } from '../../src/io/read.js';
import type { Contents } from '../../src/io/write.js';
import { decoderKinds } from '../../src/model/choices.js';
import { generate } from '../../src/model/generate.js';
import { readModel } from '../../src/model/model-file.js';
import { sizeFor } from '../../src/model/presets.js';
import { type TrainProgress, train } from '../../src/model/train.js';
import { sharedFile } from '../shared.js';
import { logNormalisedTissue, smallTissue, workplace } from './small-tissue.js';

/** Values of X that are stored, and the share of the others. */
function valuesOf(data: AnnData): { stored: number[]; zeroShare: number } {
  const { X } = data;
  assert.ok(X !== null);
  const stored = Array.from(X.data).filter((value) => value !== 0);
  return { stored, zeroShare: 1 - stored.length / (X.rows * X.cols) };
}

function assertExpression(data: AnnData): void {
  const { stored, zeroShare } = valuesOf(data);
  assert.equal(data.layers.size, 0, 'no counts are invented');
  assert.ok(stored.every((value) => value > 0 && value < 20));
  assert.ok(zeroShare > 0 && zeroShare < 1, `${zeroShare}`);
}

async function trainedCells(
  t: Parameters<typeof workplace>[0],
  contents: Contents,
  options: Partial<Parameters<typeof train>[1]>,
): Promise<{ cells: AnnData; messages: string[]; losses: number[] }> {
  const { data, path } = await workplace(t, contents);
  const messages: string[] = [];
  const losses: number[] = [];
  const listen = {
    onMessage: (line: string) => messages.push(line),
    onProgress: ({ loss }: TrainProgress) => losses.push(loss),
  };
  await train(data, { out: path('run'), threads: 1, steps: 1, ...listen, ...options });
  await generate(path('run'), { n: 30, out: path('cells.h5ad'), threads: 1, steps: 2 });
  return { cells: await readH5ad(path('cells.h5ad')), messages, losses };
}

test('log-normalised values without counts: log-normalised cells with zeros, and no counts', async (t) => {
  const { cells, messages, losses } = await trainedCells(t, logNormalisedTissue(), { steps: 20 });
  assertExpression(cells);
  assert.ok(messages.includes('There are no counts: cells will be generated as log-normalised values'));
  assert.ok(losses.every(Number.isFinite));
  const real = valuesOf({ ...cells, X: logNormalisedTissue().X ?? null });
  const drawn = valuesOf(cells);
  assert.ok(Math.abs(drawn.zeroShare - real.zeroShare) < 0.1, `${drawn.zeroShare} and ${real.zeroShare}`);
});

test('normalised values that are no logarithms: logarithms come out', async (t) => {
  const tissue = smallTissue();
  const data = tissue.X.data.map((count, i) => count * (1000.5 + Math.floor(i / tissue.X.cols)));
  const { cells } = await trainedCells(t, { ...tissue, X: { ...tissue.X, data } }, { steps: 5 });
  assertExpression(cells);
});

test('messages say what was chosen and what could be better', async (t) => {
  const { data, path } = await workplace(t);
  const messages: string[] = [];
  const reports: TrainProgress[] = [];
  const { stages } = await train(data, {
    ...{ out: path('run'), steps: 12, threads: 1, genes: 10 },
    onMessage: (line) => messages.push(line),
    onProgress: (report) => reports.push(report),
  });
  assert.deepEqual(messages, [
    '48 cells; X holds counts (whole numbers up to 28, 26% zeros); there is no other matrix.',
    '10 of 23 genes are modelled (seurat_v3)',
    'No labels are learned; --label-key would take cell_type, cluster, donor',
    'Training on the CPU (--device auto)',
    'autoencoder: 32 cells a batch, as there are few cells',
    'decoder: 32 cells a batch, as there are few cells',
    'denoiser: 32 cells a batch, as there are few cells',
  ]);
  assert.equal(reports.length, 36);
  // The loss reported at step 10 is the mean of the first ten.
  assert.deepEqual(
    stages.map(({ firstLoss }) => firstLoss),
    [reports[9].loss, reports[21].loss, reports[33].loss],
  );
  for (const [
    i,
    { stage, step, steps, loss, cellsPerSecond, etaSeconds, elapsedSeconds },
  ] of reports.entries()) {
    assert.deepEqual(
      [stage, step, steps],
      [['autoencoder', 'decoder', 'denoiser'][Math.floor(i / 12)], (i % 12) + 1, 12],
    );
    assert.ok(Number.isFinite(loss) && cellsPerSecond > 0 && elapsedSeconds > 0);
    assert.ok(etaSeconds !== null && etaSeconds >= 0 && (step < 12 || etaSeconds === 0));
  }
});

test('real log-normalised cells train and generate', async (t) => {
  const file = sharedFile(t, 'fixtures/d_lognorm_only.h5ad');
  if (file === null) return;
  const { cells } = await trainedCells(t, await readH5ad(file), { steps: 5 });
  assertExpression(cells);
});

test('the size goes by the number of cells, unless it is asked for', () => {
  assert.deepEqual(
    [300, 9_999, 10_000, 1e6].map((cells) => sizeFor('auto', cells)),
    ['base', 'base', 'large', 'large'],
  );
  assert.deepEqual([sizeFor('large', 300), sizeFor('base', 1e6)], ['large', 'base']);
});

test('many cells are learned at size large, which is said, unless base is asked for', async (t) => {
  const contents = smallTissue({ cells: 11_200, genes: 12 });
  const { data, path } = await workplace(t, contents);
  const learned = async (size: 'base' | undefined) => {
    const messages: string[] = [];
    const run = path(`run-${size}`);
    const onMessage = (line: string) => messages.push(line);
    await train(data, { out: run, threads: 1, steps: 1, onMessage, ...(size && { size }) });
    const { state } = (await readModel(join(run, 'model.safetensors'))).description;
    return { latent: state.kind === 'latent' && state.autoencoder.latent, messages };
  };
  const auto = await learned(undefined);
  assert.equal(auto.latent, 20);
  assert.ok(auto.messages.some((line) => line.startsWith('Size large')));
  const base = await learned('base');
  assert.equal(base.latent, 10);
  assert.ok(!base.messages.some((line) => line.startsWith('Size')));
});

test('a large model of each decoder is trained and drawn from', async (t) => {
  const { data, path } = await workplace(t);
  for (const decoder of decoderKinds) {
    const run = path(decoder);
    await train(data, { out: run, threads: 1, steps: 1, size: 'large', decoder });
    const { state } = (await readModel(join(run, 'model.safetensors'))).description;
    assert.ok(state.kind === 'latent');
    assert.deepEqual([state.autoencoder.latent, state.autoencoder.hidden], [20, 256]);
    await generate(run, { n: 5, out: path(`${decoder}.h5ad`), threads: 1, steps: 2 });
    assert.equal((await readH5ad(path(`${decoder}.h5ad`))).X!.rows, 5);
  }
});
