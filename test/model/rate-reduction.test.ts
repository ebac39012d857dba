import assert from 'node:assert/strict';
import { test } from 'node:test';
import { measureObjective } from '../../src/model/explain-objective.js';
import { codesPerCell } from '../../src/model/labels.js';
import { readModel } from '../../src/model/model-file.js';
import { RunFolder } from '../../src/model/run-folder.js';
import { train } from '../../src/model/train.js';
import { stream } from '../../src/random/stream.js';
import { smallTissue, workplace } from './small-tissue.js';

const engine = { device: 'cpu', threads: 1 } as const;
const cells = 40;

test('trained with it, layers reduce the rate further and their codes are sparser', async (t) => {
  const { data, path } = await workplace(t, smallTissue({ cells: 120 }));
  const objective = async (name: string, rateReduction?: number) => {
    await train(data, {
      ...{ out: path(name), labelKeys: ['cell_type'], steps: 80, threads: 1 },
      ...(rateReduction !== undefined && { rateReduction }),
    });
    const model = await readModel(path(`${name}/model.safetensors`));
    const { denoiser, labels } = model.description;
    const state = new Float32Array(cells * denoiser.width);
    stream(0, 'cells of a denoiser').fillNormal(state);
    const codes = new Int32Array(cells * codesPerCell(labels)).fill(-1);
    const { noised } = await measureObjective(model, state, codes, 0, engine);
    const meanOf = (of: (layer: (typeof noised)[number]) => number) =>
      noised.reduce((sum, layer) => sum + of(layer), 0) / noised.length;
    return { reduction: meanOf((layer) => layer.reduction), zeros: meanOf((layer) => layer.zeros) };
  };
  const without = await objective('without');
  assert.deepEqual(await objective('zero', 0), without);
  const regularised = await objective('with', 0.1);
  const figures = JSON.stringify([without, regularised]);
  assert.ok(regularised.reduction > without.reduction + 1, figures);
  assert.ok(regularised.zeros > without.zeros + 0.02, figures);
});

test('only the denoiser of crate has it', async (t) => {
  const { data, path } = await workplace(t);
  for (const preset of ['latent-dit', 'wbdit', 'dit'] as const) {
    await assert.rejects(
      train(data, { out: path('no'), preset, rateReduction: 0.1 }),
      new RegExp(`--rate-reduction: the preset ${preset} is trained without it`),
    );
  }
  await assert.rejects(
    train(data, { out: path('no'), rateReduction: -1 }),
    /--rate-reduction: -1 is not a number of 0 or more/,
  );
});

test('a configuration with it serves another preset, which goes without', async (t) => {
  const { data, path } = await workplace(t);
  const common = { steps: 1, threads: 1 } as const;
  await train(data, { ...common, out: path('crate'), rateReduction: 0.1 });
  const config = path('crate/config.json');
  await train(data, { ...common, out: path('other'), config, preset: 'latent-dit' });
  const optionsOf = async (run: string) => (await new RunFolder(path(run)).readConfig()).options;
  assert.equal((await optionsOf('crate')).rateReduction, 0.1);
  assert.equal((await optionsOf('other')).rateReduction, undefined);
  await train(data, { ...common, out: path('plain'), signal: AbortSignal.abort() });
  assert.equal((await optionsOf('plain')).rateReduction, 0);
  await train(data, { out: path('plain'), resume: true, rateReduction: 0, threads: 1 });
});
