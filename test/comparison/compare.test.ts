import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { type CompareOptions, compare } from '../../src/comparison/compare.js';
import type { FinishedTrial } from '../../src/comparison/comparison.js';
import { DataError } from '../../src/errors.js';
import { readH5ad } from '../../src/io/read.js';
import type { Contents } from '../../src/io/write.js';
import { evaluate } from '../../src/model/evaluate.js';
import { logNormalisedTissue, smallTissue, workplace } from '../model/small-tissue.js';

const cells = 120;
const quick = {
  budgets: [{ unit: 'epochs', amount: 1 }],
  seeds: 1,
  threads: 1,
  labelKey: 'cell_type',
} as const;

async function comparedTissue(
  t: TestContext,
  options: Partial<CompareOptions> = {},
  contents: Contents = smallTissue({ cells }),
) {
  const { data, path, folder } = await workplace(t, contents);
  const all: CompareOptions = { files: [data], out: path('comparison'), ...quick, ...options };
  return { all, folder, out: all.out, comparison: await compare(all) };
}

function finished(trials: readonly { readonly outcome: string }[]): FinishedTrial[] {
  for (const trial of trials) assert.equal(trial.outcome, 'finished', JSON.stringify(trial));
  return trials as FinishedTrial[];
}

test('models of every kind are trained, generated from and measured on one split', async (t) => {
  const { out, comparison } = await comparedTissue(t, { models: ['crate', 'latent-dit', 'wbdit'] });
  const [{ split, control, baselines, trials }] = comparison.dataSets;
  assert.deepEqual(
    { ...split, reason: '' },
    {
      ...{ matrix: 'X', reason: '', values: 'counts', cells, genes: 23, modelledGenes: 23 },
      ...{ train: 90, heldOut: 30, labelKey: 'cell_type', compared: 30 },
    },
  );
  assert.equal(comparison.left, 0);
  assert.deepEqual(
    baselines.map(({ name }) => name),
    ['Poisson per label', 'Gaussian PCA per label'],
  );
  const [crate, latent, published] = finished(trials);
  for (const { cost, stages, generation, trainingMemory, figures, seconds } of [crate, latent, published]) {
    for (const stage of stages) {
      assert.equal(stage.steps, Math.floor(90 / stage.batchSize));
      assert.equal(stage.epochs, 1);
      assert.ok(stage.firstLoss !== null && stage.finalLoss !== null && stage.seconds > 0);
    }
    assert.equal(generation.cells, 30);
    assert.ok(cost.parameters >= cost.denoiserParameters);
    assert.ok(cost.generatedCell >= generation.steps * cost.evaluation);
    // A process with the tensor engine takes tens of megabytes, and these models some hundreds at most.
    for (const memory of [trainingMemory, generation.memory])
      assert.ok(memory > 5e7 && memory < 4e9, `${memory}`);
    assert.ok(seconds > 0);
    const keys = ['rf_auroc_pcs', 'mmd', 'label_agreement', 'nearer_share'] as const;
    for (const key of keys) {
      assert.ok(typeof figures[key]?.value === 'number', key);
      assert.ok(typeof control?.figures[key]?.value === 'number', key);
    }
  }
  assert.deepEqual(
    crate.stages.map(({ name }) => name),
    ['autoencoder', 'decoder', 'decoder-all', 'denoiser'],
  );
  assert.deepEqual(
    published.stages.map(({ name }) => name),
    ['denoiser'],
  );
  const kept = readdirSync(join(out, 'data', 'crate', 'epochs=1', 'seed-0', 'run')).sort();
  assert.deepEqual(kept, ['config.json', 'train.jsonl'], 'weights are not kept');

  // The same figures as those of evaluate on the same files.
  const evaluation = await evaluate({
    ...{ real: join(out, 'data', 'test.h5ad'), train: join(out, 'data', 'train.h5ad') },
    ...{ generated: join(out, 'data', 'crate', 'epochs=1', 'seed-0', 'generated.h5ad') },
    ...{ labelKey: 'cell_type', threads: 1 },
  });
  assert.equal(evaluation.genes.shared, 23);
  for (const { key, generated, control: real } of evaluation.figures) {
    const name = key as keyof typeof crate.figures;
    assert.deepEqual(crate.figures[name], { ...generated, value: orNull(generated.value) }, key);
    if (real !== null) assert.deepEqual(control?.figures[name]?.value, orNull(real.value), key);
  }
});

const orNull = (value: number): number | null => (Number.isFinite(value) ? value : null);

test('what is done is not done again, and what is missing is', async (t) => {
  const { all, out, comparison } = await comparedTissue(t, { models: ['crate'], seeds: 2 });
  const folder = (seed: number) => join(out, 'data', 'crate', 'epochs=1', `seed-${seed}`);
  const before = statSync(join(folder(0), 'result.json')).mtimeMs;
  rmSync(join(folder(1), 'result.json'));
  const messages: string[] = [];
  const again = await compare({ ...all, onMessage: (message) => messages.push(message.kind) });
  assert.deepEqual(messages, ['goes on', 'trial']);
  assert.equal(statSync(join(folder(0), 'result.json')).mtimeMs, before);
  const figuresOf = ({ dataSets }: typeof again) =>
    finished(dataSets[0].trials).map(({ figures }) => figures);
  assert.deepEqual(figuresOf(again), figuresOf(comparison), 'measured again from the same cells');
  assert.notDeepEqual(figuresOf(again)[0], figuresOf(again)[1]);
});

test('a trial that fails is recorded, and the others go on', async (t) => {
  const { data, path } = await workplace(t, smallTissue({ cells }));
  const out = path('comparison');
  const all: CompareOptions = { files: [data], out, models: ['crate', 'latent-dit'], ...quick };
  const stop = new AbortController();
  const begun = await compare({ ...all, signal: stop.signal, onMessage: () => stop.abort() });
  assert.equal(begun.left, 2, 'interrupted before the first model was trained');
  const run = join(out, 'data', 'crate', 'epochs=1', 'seed-0', 'run');
  rmSync(run, { recursive: true, force: true });
  mkdirSync(run);
  writeFileSync(join(run, 'config.json'), '{"format": "cellcrate r');
  const failures: string[] = [];
  const { dataSets, left } = await compare({
    ...all,
    onMessage: (message) => message.kind === 'failed' && failures.push(message.message),
  });
  assert.equal(left, 0);
  const [failed, other] = dataSets[0].trials;
  assert.ok(failed.outcome === 'failed');
  assert.match(failed.message, /config\.json: is damaged/);
  assert.deepEqual(failures, [failed.message]);
  assert.equal(other.outcome, 'finished');
});

test('training that is interrupted goes on where it was', async (t) => {
  const { data, path } = await workplace(t, smallTissue({ cells }));
  const long = { ...quick, budgets: [{ unit: 'epochs', amount: 60 }] } as const;
  const all: CompareOptions = { files: [data], out: path('comparison'), models: ['crate'], ...long };
  const stop = new AbortController();
  const interrupted = await compare({
    ...{ ...all, signal: stop.signal },
    onProgress: ({ part, details }) => part === 'train' && details.length > 0 && stop.abort(),
  });
  assert.equal(interrupted.left, 1);
  const run = join(path('comparison'), 'data', 'crate', 'epochs=60', 'seed-0', 'run');
  assert.ok(existsSync(join(run, 'checkpoint', 'state.safetensors')));
  const whole = await compare(all);
  const [{ stages }] = finished(whole.dataSets[0].trials);
  assert.deepEqual(
    stages.map(({ steps }) => steps),
    [60, 60, 60, 60],
  );
});

test('too few cells or a missing label end it before anything is begun, and keep what an earlier one had', async (t) => {
  const few = await workplace(t, smallTissue({ cells: 60 }));
  const out = few.path('comparison');
  await assert.rejects(compare({ files: [few.data], out, ...quick }), DataError);
  assert.ok(!existsSync(out));
  const { all, folder } = await comparedTissue(t, { models: ['crate'] });
  const plan = readFileSync(join(all.out, 'plan.json'), 'utf8');
  await assert.rejects(compare({ ...all, labelKey: 'none', force: true }), DataError);
  assert.equal(readFileSync(join(all.out, 'plan.json'), 'utf8'), plan);
  assert.deepEqual(readdirSync(folder).sort(), ['comparison', 'data.h5ad']);
});

test('log-normalised cells are compared as they are', async (t) => {
  const { comparison, out } = await comparedTissue(t, { models: ['crate'] }, logNormalisedTissue({ cells }));
  const [{ split, baselines, trials }] = comparison.dataSets;
  assert.equal(split.values, 'log-normalised');
  assert.deepEqual(
    baselines.map(({ name }) => name),
    ['Gaussian PCA per label'],
  );
  finished(trials);
  const heldOut = await readH5ad(join(out, 'data', 'test.h5ad'));
  assert.deepEqual([...heldOut.obs.columns.keys()], ['cell_type']);
});
