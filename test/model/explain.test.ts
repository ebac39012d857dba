import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { OptionError } from '../../src/errors.js';
import { readH5ad } from '../../src/io/read.js';
import { writeH5ad } from '../../src/io/write.js';
import { explain } from '../../src/model/explain.js';
import { type GenerateOptions, generate } from '../../src/model/generate.js';
import { readModel } from '../../src/model/model-file.js';
import { train } from '../../src/model/train.js';
import { explanationPage } from '../../src/report/explanation/explanation-page.js';
import { explanationTables } from '../../src/report/explanation/explanation-tables.js';
import { smallTissue } from './small-tissue.js';

const folder = mkdtempSync(join(tmpdir(), 'cellcrate-test-'));
const path = (name: string) => join(folder, name);
const common = { threads: 1, labelKeys: ['cell_type'] };

before(async () => {
  await writeH5ad(path('data.h5ad'), smallTissue({ cells: 150, genes: 120 }));
  await train(path('data.h5ad'), { out: path('run'), steps: 400, decoder: 'raising', heldOut: 0, ...common });
});
after(() => rmSync(folder, { recursive: true }));

test('a run is opened: programmes of the types, markers, layers, doses and traces', async () => {
  writeFileSync(path('sets.gmt'), 'FIRST\t\tgene0\tgene4\tgene8\tgene12\tgene16\tgene20\n');
  const explanation = await explain(path('run'), {
    data: path('data.h5ad'),
    geneSets: path('sets.gmt'),
    threads: 1,
  });
  const { programmes, markers, objective, doses, denoiser, trace, limits } = explanation;
  assert.ok(programmes && markers && denoiser && trace);
  assert.equal(programmes.live + programmes.dead, programmes.atoms);
  assert.equal(programmes.list.length, programmes.live);
  assert.ok(programmes.zeros > 0.2 && programmes.zeros < 1);
  // The tissue is simulated: genes 0, 4, 8, ... mark the first type, and so on; a random programme finds a quarter.
  const own = markers.scores.find(
    ({ method, ranking }) => method === 'programmes' && ranking === 'in cells',
  )!;
  const shuffledGenes = markers.scores.find(({ method }) => method === 'genes shuffled')!;
  assert.ok(own.matched > 0.8 && own.matched > shuffledGenes.matched + 0.1, JSON.stringify(markers.scores));
  const { denoiser: size } = (await readModel(join(path('run'), 'model.safetensors'))).description;
  assert.ok(size.kind === 'crate');
  assert.equal(objective.layers, size.depth);
  assert.equal(objective.noised.length % size.depth, 0);
  for (const { rateBefore, rateAfter, zeros } of [...objective.noised, ...objective.sampled]) {
    assert.ok(rateBefore > 0 && rateAfter > 0 && zeros >= 0 && zeros <= 1);
  }
  for (const { doses: own } of doses) {
    // Three doublings of twenty genes are more than the library of these genes holds.
    const raised = own.filter(({ dose }) => dose > 0 && dose <= 2);
    raised.forEach(({ onTarget, whole }, i) => {
      assert.ok(i === 0 || onTarget > raised[i - 1].onTarget, JSON.stringify(own));
      assert.equal(whole, 1, 'counts stay whole numbers');
    });
  }
  assert.ok(denoiser.parts.some(({ name }) => name.startsWith('head')));
  assert.equal(trace.decided.asked.at(-1), 1);
  assert.deepEqual(limits, []);
  const page = explanationPage(explanation);
  assert.doesNotMatch(page, /undefined|NaN|\[object/);
  for (const id of ['programmes', 'markers', 'doses', 'layers', 'cells', 'denoiser'])
    assert.ok(page.includes(`id="${id}"`), id);
  const tables = explanationTables(explanation);
  assert.deepEqual([...tables.keys()], ['layers.csv', 'programmes.csv', 'markers.csv', 'doses.csv']);
  assert.equal(tables.get('programmes.csv')!.trim().split('\n').length, programmes.live + 1);
});

test('the same seed explains alike, and generated cells stand in where there are none', async () => {
  const [first, second] = [
    await explain(path('run'), { threads: 1 }),
    await explain(path('run'), { threads: 1 }),
  ];
  assert.deepEqual(first, second);
  assert.equal(first.cells.file, null);
  assert.match(first.limits.join(), /--data/);
});

test('a model in gene space and a black box say what they cannot tell', async () => {
  await train(path('data.h5ad'), { out: path('mlp'), steps: 5, decoder: 'mlp', ...common });
  await train(path('data.h5ad'), { out: path('dit'), preset: 'dit', steps: 1, batchSize: 2, ...common });
  const mlp = await explain(path('mlp'), { data: path('data.h5ad'), contrast: path('dit'), threads: 1 });
  assert.equal(mlp.programmes, null);
  assert.match(mlp.limits[0], /black box/);
  assert.equal(mlp.contrast?.preset, 'dit');
  assert.equal(mlp.contrast?.objective.noised[0].zeros, 0, 'GELU sets nothing to zero');
  const dit = await explain(path('dit'), { data: path('data.h5ad'), threads: 1 });
  assert.equal(dit.programmes, null);
  assert.match(dit.limits[0], /preset dit .* no decoder/);
  assert.ok(dit.objective.noised.length > 0 && dit.trace !== null);
  assert.doesNotMatch(explanationPage(dit), /undefined|NaN/);
});

let files = 0;
async function generated(run: string, options: Omit<GenerateOptions, 'out' | 'n'>) {
  const file = path(`generated${files++}.h5ad`);
  await generate(run, { n: 40, out: file, steps: 5, threads: 1, ...options });
  return readH5ad(file);
}

test('a programme is turned up in generated cells, and stands beside them', async () => {
  const { programmes } = await explain(path('run'), { data: path('data.h5ad'), threads: 1 });
  const { atom } = programmes!.list[0];
  const plain = await generated(path('run'), {});
  assert.equal(plain.varm.size + plain.obsm.size, 0);
  const still = await generated(path('run'), { withPrograms: true });
  assert.deepEqual(still.layers.get('counts'), plain.layers.get('counts'));
  const usage = still.obsm.get('X_programs')!;
  assert.deepEqual([usage.rows, usage.cols], [40, programmes!.atoms]);
  assert.deepEqual(
    [still.varm.get('programs')!.rows, still.varm.get('programs')!.cols],
    [still.var.index.length, programmes!.atoms],
  );
  const up = await generated(path('run'), { programs: [`${atom}=+1`] });
  const raised = up.obsm.get('X_programs')!.data;
  writeFileSync(path('names.txt'), `an = odd name\t${atom}\r\n\nanother\t1\n`);
  const byName = { programs: ['an = odd name=+1'], programNames: path('names.txt') };
  assert.deepEqual(await generated(path('run'), byName), up);
  usage.data.forEach((value, at) => {
    if (at % usage.cols === atom) assert.ok(raised[at] > value);
    else assert.equal(raised[at], value);
  });
});

test('what is no programme or no dose is refused before anything is written', async () => {
  for (const text of ['17', 'x=1', '100000=1', '3=']) {
    await assert.rejects(
      generated(path('run'), { programs: [text] }),
      (error) => error instanceof OptionError && /--program/.test(error.message),
      text,
    );
  }
  const programNames = path('names.txt');
  writeFileSync(programNames, 'heat shock\t3\n');
  await assert.rejects(
    generated(path('run'), { programs: ['cold=1'], programNames }),
    /It names 'heat shock'/,
  );
  await assert.rejects(
    generated(path('run'), { programNames }),
    /--program-names: is given, but no --program/,
  );
  await assert.rejects(generated(path('mlp'), { programs: ['1=1'] }), /no gene programmes/);
  await assert.rejects(generated(path('mlp'), { withPrograms: true }), /--with-programs/);
});
