import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { test } from 'node:test';
import { FileError } from '../../src/errors.js';
import { readSafetensors, type StoredTensor, writeSafetensors } from '../../src/io/safetensors.js';
import { train } from '../../src/model/train.js';
import { changedAt } from './damaged-description.js';
import { workplace } from './small-tissue.js';

type Damage = (tensors: Map<string, StoredTensor>, metadata: Record<string, string>) => void;

const inJson =
  (entry: string, way: string, value: unknown): Damage =>
  (_, metadata) => {
    const changed = changedAt(JSON.parse(metadata[entry]), way === '' ? [] : way.split('.'), value);
    metadata[entry] = JSON.stringify(changed);
  };

const without =
  (name: string): Damage =>
  (tensors) => {
    assert.ok(tensors.delete(name), name);
  };

const shortened =
  (name: string): Damage =>
  (tensors) => {
    tensors.set(name, { dtype: 'F32', shape: [1], data: Float32Array.of(1) });
  };

const damages: readonly (readonly [string, Damage, string])[] = [
  ['no list of stages', inJson('finished', '', {}), 'finished is an object and must be a list'],
  ['a stage that is none', inJson('finished', '0', 7), 'finished[0] is 7 and must be an object'],
  [
    'seconds below 0',
    inJson('finished', '0.seconds', -1),
    'finished[0].seconds is -1 and must be a number of 0 or more',
  ],
  [
    'half a step',
    inJson('current', 'steps', 2.5),
    'current.steps is 2.5 and must be a whole number from 0 on',
  ],
  [
    'steps as text',
    inJson('current', 'steps', '2'),
    'current.steps is "2" and must be a whole number from 0 on',
  ],
  ['more steps than were taken', inJson('current', 'steps', 9e9), 'step is 2 and must be 9000000000'],
  ['no name', inJson('current', 'name', undefined), 'current.name is missing and must be text'],
  [
    'a look that is none',
    inJson('current', 'heldOut', true),
    'current.heldOut is true and must be an object, or null',
  ],
  [
    'half a look',
    inJson('current', 'heldOut', { loss: 1 }),
    'current.heldOut.lowest is missing and must be a number',
  ],
  [
    'no moments',
    without('firstMoments/encoder.0.bias'),
    'encoder.0.bias of the autoencoder is missing or of another size',
  ],
  [
    'a single weight',
    shortened('weights/encoder.1.bias'),
    'encoder.1.bias of the autoencoder is missing or of another size',
  ],
];

test('a checkpoint that is whole as a file, but says what cannot be, is refused by what is wrong', async (t) => {
  const { data, path } = await workplace(t);
  const out = path('run');
  const controller = new AbortController();
  await train(data, {
    ...{ out, steps: 4, threads: 1, signal: controller.signal },
    onProgress: ({ step }) => {
      if (step === 2) controller.abort();
    },
  });
  const file = path('run/checkpoint/state.safetensors');
  const { tensors, metadata } = await readSafetensors(file);
  const finished = JSON.stringify([JSON.parse(metadata.current)]);
  for (const [name, damage, problem] of damages) {
    const changed = new Map(tensors);
    // A stage counts as finished only where its own record is looked at: the others must be gone on with.
    const described = { ...metadata, ...(problem.startsWith('finished[') && { finished }) };
    damage(changed, described);
    await writeSafetensors(file, changed, described);
    await assert.rejects(train(data, { out, resume: true }), (error) => {
      assert.ok(error instanceof FileError, `${name}: ${error}`);
      assert.equal(error.message, `${file}: is a damaged checkpoint: ${problem}. Train anew, with --force`);
      return true;
    });
  }
  await writeSafetensors(file, tensors, metadata);
  const config = readFileSync(path('run/config.json'), 'utf8');
  for (const option of ['constructor', '__proto__', 'toString', 'colour']) {
    writeFileSync(path('run/config.json'), config.replace('"options": {', `"options": {"${option}": 1,`));
    await assert.rejects(
      train(data, { out, resume: true }),
      /^FileError: .*config\.json: is damaged\. Train anew/,
    );
  }
  writeFileSync(path('run/config.json'), config);
  assert.equal((await train(data, { out, resume: true })).interrupted, false);
});
