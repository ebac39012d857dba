import assert from 'node:assert/strict';
import { test } from 'node:test';
import { reportPage } from '../../src/report/page/report-page.js';
import { hostileLabel, simulatedEvaluation } from './simulated-evaluation.js';

const manyLabels = Array.from({ length: 40 }, (_, i) => `label ${i}`);

test('20,000 cells and 20,000 genes are a page under 3 MB', () => {
  const page = reportPage(simulatedEvaluation({ cells: 20_000, genes: 20_000, labels: manyLabels }));
  assert.ok(Buffer.byteLength(page) < 3e6, `${Buffer.byteLength(page)} bytes`);
});

test('the page names no address and holds no script but its own', () => {
  const page = reportPage(simulatedEvaluation());
  const addresses = page.replaceAll('http://www.w3.org/2000/svg', '').match(/(?:https?:)?\/\/[a-z]/g);
  assert.equal(addresses, null);
  assert.equal(page.match(/<script\b/g)?.length, 2, 'data and code of the map');
  assert.ok(!page.includes(hostileLabel));
  assert.ok(page.includes('&lt;script&gt;alert(1)&lt;/script&gt;'));
});

test('the verdict comes first, then headlines, warnings and the rest', () => {
  const page = reportPage(simulatedEvaluation());
  const order = [...page.matchAll(/<h2 id="([a-z]+)-title"/g)].map(([, id]) => id);
  assert.deepEqual(order, [
    ...['verdict', 'headlines', 'warnings', 'embedding', 'genes', 'cells', 'classes', 'markers'],
    ...['programmes', 'memorisation', 'figures'],
  ]);
  for (const [, id] of page.matchAll(/<a href="#([a-z]+)"/g))
    assert.ok(page.includes(`<section id="${id}"`), id);
});

test('of programmes it is told how many have genes that go together, beside what chance gives', () => {
  const evaluation = simulatedEvaluation();
  assert.match(
    reportPage(evaluation),
    /top genes of 23 of 24 programmes go together .*; by chance 1\.14 would\./,
  );
  const untold = evaluation.programmes!.map((row) => ({
    ...row,
    down: row.up,
    together: { ...row.together, others: Number.NaN, isReal: false },
  }));
  const page = reportPage({ ...evaluation, programmes: untold });
  assert.match(page, /cannot be told of so few genes/);
  assert.match(page, /raises some genes and lowers others/);
});

test('what is missing is said in a sentence', () => {
  const page = reportPage(
    simulatedEvaluation({ train: false, labels: [], counts: false, embedding: false, programmes: false }),
  );
  for (const sentence of [
    'No training cells were given (--train), so there is no control',
    'No training cells were given (--train), so whether the model copies them cannot be seen.',
    'No label column was given (--label-key), so cells were compared only all together.',
    'No label column was given (--label-key), so there are no markers.',
    'so cells have no library size here.',
    'No embedding was computed.',
    'The generated file holds no gene programmes.',
  ]) {
    assert.ok(page.includes(sentence), sentence);
  }
  assert.ok(!page.includes('<canvas'));
});

test('plots and tables are named for those who do not see them', () => {
  const page = reportPage(simulatedEvaluation());
  for (const [svg] of page.matchAll(/<(?:svg|canvas) [^>]*>/g)) {
    assert.match(svg, /role="img" aria-label="[^"]{10,}"/);
  }
  assert.equal(page.match(/<table>/g)?.length, page.match(/<table><caption>/g)?.length);
});
