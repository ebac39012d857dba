import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { FailedTrial } from '../../src/comparison/comparison.js';
import { comparisonCsv } from '../../src/report/comparison/csv.js';
import { comparisonPage } from '../../src/report/comparison/page.js';
import { hostileName, simulatedComparison, simulatedTrial } from './simulated-comparison.js';

const budget = { unit: 'epochs', amount: 2.5 } as const;
const failed: FailedTrial = {
  ...{ dataSet: hostileName, model: 'dit', budget, seed: 1 },
  outcome: 'failed',
  message: 'denoiser: the loss is not finite, "really"',
};
const trials = [
  simulatedTrial('kidney', 'wbdit', { auroc: 0.6 }),
  simulatedTrial('kidney', 'wbdit', { auroc: 0.7, seed: 1 }),
  simulatedTrial('kidney', 'dit', { secondsPerStep: 0.2 }),
  simulatedTrial('kidney', 'crate'),
  failed,
];
const comparison = simulatedComparison(trials, ['wbdit', 'dit', 'crate']);

test('the page names no address, runs nothing and escapes names', () => {
  const page = comparisonPage(comparison);
  assert.doesNotMatch(page, /(?:https?:)?\/\/[a-z]/);
  assert.doesNotMatch(page, /<script/);
  assert.ok(!page.includes(hostileName));
  assert.ok(page.includes('&lt;img src=x'));
  assert.equal(page.match(/<table>/g)?.length, page.match(/<table><caption>/g)?.length);
});

test('the outcome comes first, then failures, rivals, a table for each data set, and the method', () => {
  const page = comparisonPage(comparison);
  const order = [...page.matchAll(/<h2 id="([a-z0-9-]+)-title"/g)].map(([, id]) => id);
  assert.deepEqual(order, ['verdict', 'failures', 'rivals', 'data-0', 'data-1', 'method']);
  for (const [, id] of page.matchAll(/<a href="#([a-z0-9-]+)"/g))
    assert.ok(page.includes(`<section id="${id}"`), id);
  assert.match(
    page,
    /wbdit against dit, as published, 2\.5 epochs: 0\.500× the time a training cell, 0\.500× the memory\./,
  );
  assert.match(page, /nearer to real cells on 0 of 1 data set, farther on 0, level within the noise on 1\./);
  assert.match(page, /4 trials finished, 1 failed: 2 data sets, 3 models, 1 budget, 2 seeds\./);
  assert.ok(page.includes('the loss is not finite, &quot;really&quot;'));
});

test('a table gives means and deviations over seeds, stages by name, and what is not there as a dash', () => {
  const page = comparisonPage(comparison);
  const row = (title: string) => {
    const [, cells = ''] = new RegExp(`<th scope="row">${title}(.*?)</tr>`).exec(page) ?? [];
    return [...cells.matchAll(/<td>(.*?)<\/td>/g)].map(([, cell]) => cell);
  };
  assert.deepEqual(row('Random forest AUROC on PCs'), [
    ...['0.650 ± 0.0707', '0.600', '0.600', '0.510', '0.900'],
  ]);
  assert.deepEqual(row('Time a step').slice(0, 3), [
    '100 ms',
    '200 ms',
    'autoencoder 30.0 ms<br>denoiser 100 ms',
  ]);
  assert.deepEqual(row('Zeros, difference'), ['–', '–', '–', '–', '–']);
  assert.match(page, /<th scope="col">dit <small>1 seed of 2<\/small><\/th>/);
});

test('what is left to do is said', () => {
  const page = comparisonPage({ ...comparison, left: 3 });
  assert.match(page, /What it comes to so far/);
  assert.match(page, /1 failed, 3 left to do:/);
});

test('the CSV has a row for each trial, failed ones too, and for what stands beside', () => {
  const [head, ...rows] = comparisonCsv(comparison).trimEnd().split('\n');
  const names = head.split(',');
  const values = (row: string) => Object.fromEntries(row.split(',').map((value, i) => [names[i], value]));
  assert.equal(rows.length, 2 * 2 + 5);
  const control = values(rows[0]);
  assert.deepEqual(
    [control.data_set, control.of, control.model, control.rf_auroc_pcs],
    ['kidney', 'control', '', '0.51'],
  );
  const first = values(rows[2]);
  assert.deepEqual(
    [
      first.of,
      first.model,
      first.budget,
      first.seed,
      first.outcome,
      first.rf_auroc_pcs,
      first.autoencoder_steps,
    ],
    ['generated', 'wbdit', 'epochs=2.5', '0', 'finished', '0.6', ''],
  );
  assert.equal(first.denoiser_seconds_per_step, '0.1');
  assert.equal(first.zero_fraction_difference, '');
  assert.match(rows.at(-1)!, /,1,failed,"denoiser: the loss is not finite, ""really""",+$/);
});
