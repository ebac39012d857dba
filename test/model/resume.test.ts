import assert from 'node:assert/strict';
import { appendFileSync, existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { FileError } from '../../src/errors.js';
import { writeH5ad } from '../../src/io/write.js';
import { type TrainOptions, type TrainSummary, train } from '../../src/model/train.js';
import { runAndInterrupt, runCli } from '../cli/run-cli.js';
import { refused } from './refused.js';
import { smallTissue, type Workplace, workplace } from './small-tissue.js';
import { trainedTensors } from './trained-tensors.js';

const options = { steps: 6, threads: 1, seed: 3, labelKeys: ['cell_type', 'donor'] } as const;

/** Trains until `stage` has taken `step` steps, and no further. */
function trainUntil(stage: string, step: number, file: string, given: TrainOptions): Promise<TrainSummary> {
  const controller = new AbortController();
  const onProgress: TrainOptions['onProgress'] = (progress) => {
    if (progress.stage === stage && progress.step === step) controller.abort();
  };
  return train(file, { ...given, signal: controller.signal, onProgress });
}

const logOf = (run: string): { stage: string; step: number }[] =>
  readFileSync(join(run, 'train.jsonl'), 'utf8')
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line));

function assertNoStepTwice(run: string): void {
  // Only where cells are held out does the decoder learn from those too.
  const all = ['autoencoder', 'decoder', 'decoder-all', 'denoiser'];
  const trained = all.filter(
    (stage) => stage !== 'decoder-all' || logOf(run).some((line) => line.stage === stage),
  );
  for (const stage of trained) {
    const steps = logOf(run).flatMap((line) => (line.stage === stage ? [line.step] : []));
    assert.deepEqual(
      steps,
      [...new Set(steps)].sort((a, b) => a - b),
      `${stage}: ${steps}`,
    );
    assert.equal(steps.at(-1), options.steps, stage);
  }
}

async function interruptedRun(
  t: TestContext,
  stage: string,
  step: number,
  contents = smallTissue(),
): Promise<Workplace> {
  const place = await workplace(t, contents);
  const summary = await trainUntil(stage, step, place.data, { ...options, out: place.path('run') });
  assert.equal(summary.interrupted, true);
  return place;
}

for (const [stage, step] of [
  ['autoencoder', 1],
  ['autoencoder', 6],
  ['decoder', 3],
  ['decoder-all', 2],
  ['denoiser', 4],
] as const) {
  test(`interrupted after step ${step} of the ${stage}, a run comes to the same weights bit for bit`, async (t) => {
    // Of 60 cells some are held out.
    const tissue = smallTissue({ cells: stage === 'decoder-all' ? 60 : 48 });
    const { data, path } = await interruptedRun(t, stage, step, tissue);
    assert.ok(existsSync(path('run/checkpoint/state.safetensors')));
    assert.ok(!existsSync(path('run/model.safetensors')));
    const resumed = await train(data, { out: path('run'), resume: true });
    const whole = await train(data, { ...options, out: path('whole') });
    assert.equal(resumed.interrupted, false);
    assert.deepEqual(
      resumed.stages.map(({ name, steps }) => [name, steps]),
      whole.stages.map(({ name, steps }) => [name, steps]),
    );
    assert.equal(resumed.parameters, whole.parameters);
    assert.deepEqual(await trainedTensors(path('run')), await trainedTensors(path('whole')));
    for (const file of ['denoiser.onnx', 'readout.onnx', 'config.json']) {
      assert.deepEqual(readFileSync(path(`run/${file}`)), readFileSync(path(`whole/${file}`)), file);
    }
    assert.ok(!existsSync(path('run/checkpoint')));
    assertNoStepTwice(path('run'));
  });
}

test('interrupted again and again, before the first step too, it is still the same run', async (t) => {
  const { data, path } = await workplace(t);
  const out = path('run');
  const atOnce = await train(data, { ...options, out, signal: AbortSignal.abort() });
  assert.deepEqual(
    [atOnce.interrupted, atOnce.stages.map(({ steps }) => steps)],
    [true, [0]],
    'nothing was trained, and the summary says so',
  );
  for (const [stage, step] of [
    ['autoencoder', 2],
    ['autoencoder', 3],
    ['decoder', 2],
    ['denoiser', 1],
    ['denoiser', 5],
  ] as const) {
    assert.equal((await trainUntil(stage, step, data, { out, resume: true })).interrupted, true);
  }
  await train(data, { out, resume: true });
  await train(data, { ...options, out: path('whole') });
  assert.deepEqual(await trainedTensors(out), await trainedTensors(path('whole')));
  assertNoStepTwice(out);
});

test('after Ctrl-C the command line goes on to the same weights, with the words that it printed', async (t) => {
  const { data, path } = await workplace(t);
  const call = ['train', data, '-o', path('run'), '--steps', '50', '--threads', '1'];
  const { status, stderr } = await runAndInterrupt(/denoiser {2}/, ...call);
  assert.equal(status, 130, stderr);
  const [, words] = /go on with\n {2}cellcrate (.*)\n$/.exec(stderr)!;
  assert.ok(!existsSync(path('run/model.safetensors')));
  const resumed = await runCli(...words.split(' '));
  assert.equal(resumed.status, 0, resumed.stderr);
  await train(data, { out: path('whole'), steps: 50, threads: 1 });
  assert.deepEqual(await trainedTensors(path('run')), await trainedTensors(path('whole')));
});

test('killed after the last checkpoint, a run forgets what the log says of later steps', async (t) => {
  const { data, path } = await interruptedRun(t, 'autoencoder', 2);
  const log = path('run/train.jsonl');
  for (const [stage, step] of [
    ['autoencoder', 4],
    ['autoencoder', 6],
    ['denoiser', 3],
  ]) {
    appendFileSync(log, `${JSON.stringify({ stage, step, loss: 1 })}\n`);
  }
  appendFileSync(log, '{"stage":"denoiser","st');
  await train(data, { out: path('run'), resume: true });
  assertNoStepTwice(path('run'));
});

test('killed before the first checkpoint, a run starts again', async (t) => {
  const { data, path } = await interruptedRun(t, 'denoiser', 2);
  rmSync(path('run/checkpoint'), { recursive: true });
  await train(data, { out: path('run'), resume: true });
  await train(data, { ...options, out: path('whole') });
  assert.deepEqual(await trainedTensors(path('run')), await trainedTensors(path('whole')));
  assertNoStepTwice(path('run'));
});

test('a run is not resumed with other data, and stays resumable', async (t) => {
  const { data, path } = await interruptedRun(t, 'autoencoder', 2);
  await writeH5ad(path('other.h5ad'), smallTissue({ seed: 2 }));
  const before = readFileSync(path('run/checkpoint/state.safetensors'));
  await assert.rejects(train(path('other.h5ad'), { out: path('run'), resume: true }), (error) => {
    assert.ok(error instanceof FileError);
    assert.match(error.message, /other\.h5ad: is not the file that the run was started with \(data\.h5ad, /);
    return true;
  });
  assert.deepEqual(readFileSync(path('run/checkpoint/state.safetensors')), before);
  assert.equal((await train(data, { out: path('run'), resume: true })).interrupted, false);
});

test('resuming what cannot be resumed is one clear message', async (t) => {
  const { data, path, folder } = await workplace(t);
  const out = path('run');
  const refuse = (message: RegExp) => refused(folder, ['train', data, '-o', out, '--resume'], 1, message);
  await refuse(/run: does not exist/);
  await trainUntil('autoencoder', 1, data, { ...options, out });
  writeFileSync(join(out, 'checkpoint', 'state.safetensors'), 'damaged');
  await refuse(/state\.safetensors: is a damaged checkpoint\. Train anew, with --force/);
  await train(data, { ...options, out, force: true });
  await refuse(/run: is trained to its end\. Generate from it/);
  writeFileSync(join(out, 'config.json'), '{"format":"cellcrate r');
  await refuse(/config\.json: is damaged/);
  writeFileSync(join(out, 'config.json'), '{"title":"another program"}');
  await refuse(/run: is not a run folder/);
});

test('options that would change a run are refused when it is resumed; the same ones are welcome', async (t) => {
  const { data, path } = await interruptedRun(t, 'autoencoder', 2);
  const out = path('run');
  await assert.rejects(
    train(data, { out, resume: true, learningRate: 0.5 }),
    /^OptionError: --lr: the run was started without it/,
  );
  await assert.rejects(train(data, { out, resume: true, seed: 7 }), /--seed: the run was started with 3/);
  await assert.rejects(
    train(data, { out, resume: true, labelKeys: ['donor'] }),
    /--label-key: the run was started with \["cell/,
  );
  const same = { ...options, preset: 'crate', out, resume: true, threads: 1 } as const;
  assert.equal((await train(data, same)).interrupted, false);
});

test('a run that was started with other settings is not gone on with', async (t) => {
  const { data, path } = await interruptedRun(t, 'autoencoder', 2);
  const config = path('run/config.json');
  const sound = readFileSync(config, 'utf8');
  const { settings, ...rest } = JSON.parse(sound);
  const other = { ...settings, state: { ...settings.state, autoencoder: { latent: 3 } } };
  // A format of before says nothing of itself: the same sizes, and other parameters.
  const { modelFormat: _format, ...before } = settings;
  for (const earlier of [other, before]) {
    writeFileSync(config, JSON.stringify({ ...rest, cellcrate: '0.0.1', settings: earlier }));
    await assert.rejects(
      train(data, { out: path('run'), resume: true }),
      /run: was started by cellcrate 0\.0\.1 with other settings/,
    );
  }
  writeFileSync(config, sound);
  assert.equal((await train(data, { out: path('run'), resume: true })).interrupted, false);
});
