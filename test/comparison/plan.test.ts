import assert from 'node:assert/strict';
import { copyFileSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { budgetName, parseBudget } from '../../src/comparison/budget.js';
import { ComparisonFolder } from '../../src/comparison/comparison-folder.js';
import { beginOrGoOn, planOf, trialsOf } from '../../src/comparison/plan.js';
import { RemainingTime } from '../../src/comparison/remaining-time.js';
import { FileError, OptionError } from '../../src/errors.js';
import { workplace } from '../model/small-tissue.js';

test('budgets are epochs or minutes above 0', () => {
  assert.deepEqual(parseBudget('epochs=0.5'), { unit: 'epochs', amount: 0.5 });
  assert.equal(budgetName(parseBudget('minutes=10')), 'minutes=10');
  for (const text of [
    '',
    'epochs',
    'epochs=',
    'epochs=0',
    'minutes=-1',
    'minutes=x',
    'steps=5',
    'epochs=1=2',
  ]) {
    assert.throws(() => parseBudget(text), OptionError, text);
  }
});

test('trials: every data set of one seed before the next seed, models side by side', async (t) => {
  const { data, path } = await workplace(t);
  copyFileSync(data, path('b.h5ad'));
  const plan = await planOf({ files: [data, path('b.h5ad')], models: ['crate', 'dit'], seeds: 2, seed: 7 });
  const words = trialsOf(plan).map(({ dataSet, model, seed }) => `${dataSet} ${model} ${seed}`);
  assert.deepEqual(words, [
    ...['data crate 7', 'data dit 7', 'b crate 7', 'b dit 7'],
    ...['data crate 8', 'data dit 8', 'b crate 8', 'b dit 8'],
  ]);
});

const machine = { processor: 'one', processors: 2, memory: 1e9, system: 'any', node: 'v20' };

test('a plan that cannot be is refused', async (t) => {
  const { data, path } = await workplace(t);
  await assert.rejects(planOf({ files: [path('none.h5ad')] }), FileError);
  await assert.rejects(planOf({ files: [data, data] }), /two files are called data/);
  await assert.rejects(planOf({ files: [data], n: 19 }), OptionError);
  await assert.rejects(planOf({ files: [data], seeds: 0 }), OptionError);
});

test('a folder goes on with the options that it was begun with, and with no others', async (t) => {
  const { data, path } = await workplace(t);
  const folder = new ComparisonFolder(path('comparison'));
  const options = { files: [data], models: ['crate'], threads: 1 } as const;
  const plan = await planOf(options);
  assert.deepEqual(beginOrGoOn(folder, plan, machine, false), { goesOn: false, machine });
  assert.deepEqual(beginOrGoOn(folder, plan, machine, false), { goesOn: true, machine });
  const others = [
    [{ models: ['crate', 'dit'] }, '--models'],
    [{ budgets: [{ unit: 'epochs', amount: 2 }] }, '--budget'],
    [{ seeds: 1 }, '--seeds'],
    [{ labelKey: 'cluster' }, '--label-key'],
    [{ n: 20 }, '-n'],
    [{ seed: 1 }, '--seed'],
    [{ device: 'cpu' }, '--device'],
    [{ threads: 2 }, '--threads'],
  ] as const;
  for (const [other, option] of others) {
    const changed = await planOf({ ...options, ...other });
    assert.throws(
      () => beginOrGoOn(folder, changed, machine, false),
      (error) => error instanceof OptionError && error.option === option,
    );
  }
  copyFileSync(data, path('moved.h5ad'));
  const renamed = await planOf({ ...options, files: [path('moved.h5ad')] });
  assert.throws(() => beginOrGoOn(folder, renamed, machine, false), /FILE: .* begun with data \(SHA-256/);
});

test('only a comparison is replaced by force', async (t) => {
  const { data, folder, path } = await workplace(t);
  const plan = await planOf({ files: [data] });
  const begin = () => beginOrGoOn(new ComparisonFolder(folder), plan, machine, true);
  assert.throws(begin, /is not a comparison/);
  for (const text of ['{"format": "another"}', '{', 'null']) {
    writeFileSync(path('plan.json'), text);
    assert.throws(begin, /is not the plan of a comparison, or is damaged.*remove this one yourself/);
  }
});

test('a comparison outlives attempts to replace it that come to nothing', async (t) => {
  const { data, path } = await workplace(t);
  const folder = new ComparisonFolder(path('comparison'));
  const plan = await planOf({ files: [data] });
  beginOrGoOn(folder, plan, machine, false);
  writeFileSync(join(folder.path, 'figures'), 'many hours');
  beginOrGoOn(folder, plan, machine, true);
  // Cut off here, and begun anew.
  beginOrGoOn(folder, plan, machine, true);
  assert.ok(!existsSync(join(folder.path, 'figures')));
  folder.replacement.withdraw();
  assert.equal(readFileSync(join(folder.path, 'figures'), 'utf8'), 'many hours');
});

test('times of two machines are not mixed, and a repeated budget is one', async (t) => {
  const { data, path } = await workplace(t);
  const folder = new ComparisonFolder(path('comparison'));
  const plan = await planOf({ files: [data], budgets: [parseBudget('epochs=1'), parseBudget('epochs=1.0')] });
  assert.equal(plan.budgets.length, 1);
  beginOrGoOn(folder, plan, machine, false);
  const other = { ...machine, processor: 'another' };
  assert.throws(() => beginOrGoOn(folder, plan, other, false), /was begun on another machine/);
});

test('the time left is that of trials alike, on the same data set where one is done', () => {
  const time = new RemainingTime();
  const trial = (dataSet: string, model: 'crate' | 'dit', budget: string) => ({
    ...{ dataSet, model, budget: parseBudget(budget), seed: 0 },
  });
  assert.equal(time.of([trial('a', 'dit', 'epochs=1')]), null);
  assert.equal(time.of([trial('a', 'dit', 'minutes=2')]), 120);
  time.learn(trial('a', 'crate', 'epochs=1'), 10);
  time.learn(trial('b', 'crate', 'epochs=1'), 30);
  assert.equal(time.of([trial('a', 'crate', 'epochs=1'), trial('c', 'crate', 'epochs=1')]), 10 + 20);
  assert.equal(time.of([trial('a', 'crate', 'epochs=1'), trial('a', 'dit', 'epochs=1')]), null);
});
