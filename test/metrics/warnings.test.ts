import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Figure } from '../../src/metrics/evaluation.js';
import { type FigureKey, figureCatalogue } from '../../src/metrics/figures.js';
import { type EvaluationFacts, warningsOf } from '../../src/metrics/warnings.js';

const facts: EvaluationFacts = {
  genes: { shared: 2000, onlyReal: 0, onlyGenerated: 0 },
  ...{ lackedByTrain: 0, cells: 500, labelKey: 'cell_type', heldOutInTrain: 0 },
  labels: [
    { label: 'B cell', real: 50, generated: 100 },
    { label: 'T cell', real: 150, generated: 300 },
  ],
};

const figure = (key: FigureKey, value: number): Figure => ({
  ...figureCatalogue.find((one) => one.key === key)!,
  ...{ generated: { value, interval: null, n: 500 }, control: null, baselines: new Map() },
});

const problems = (figures: readonly Figure[], changed: Partial<EvaluationFacts> = {}): string[] =>
  warningsOf(figures, { ...facts, ...changed }).map(({ problem }) => problem);

test('nothing is warned of where nothing is wrong', () => {
  const fine = [figure('library_size_ratio', 1.1), figure('zero_fraction_difference', -0.01)];
  assert.deepEqual(problems([...fine, figure('fold_change_slope', 0.9), figure('nearer_share', 0.52)]), []);
  assert.deepEqual(problems([], { labelKey: null, labels: [] }), []);
});

test('each fault has its warning, and each warning its advice', () => {
  const cases: [Figure[], Partial<EvaluationFacts>, RegExp][] = [
    [
      [],
      { genes: { shared: 1990, onlyReal: 8, onlyGenerated: 2 } },
      /^1,990 of 2,000 genes were compared; 8 only/,
    ],
    [[], { lackedByTrain: 3 }, /3 the training file lacks/],
    [[], { cells: 60 }, /^Only 60 cells/],
    [[], { heldOutInTrain: 0.25 }, /^25% of the real cells are among the training cells/],
    [[figure('library_size_ratio', 2)], {}, /2\.00 times the counts/],
    [[figure('library_size_ratio', 0.5)], {}, /0\.50 times the counts/],
    [[figure('zero_fraction_difference', -0.48)], {}, /too few zeros, by 48\.0 percentage points/],
    [[figure('zero_fraction_difference', 0.05)], {}, /too many zeros, by 5\.0 percentage points/],
    [[figure('fold_change_slope', 0.5)], {}, /flattened to 50%/],
    [[figure('nearer_share', 0.8), figure('copied_share', 0)], {}, /nearer to training cells.*but no nearer/],
    [[figure('nearer_share', 0.58), figure('copied_share', 0.25)], {}, /as if 25% of them were near-copies/],
  ];
  for (const [figures, changed, words] of cases) {
    const found = warningsOf(figures, { ...facts, ...changed });
    assert.equal(found.length, 1, String(words));
    assert.match(found[0].problem, words);
    assert.match(found[0].advice, /\.$/);
  }
});

test('proportions of labels are compared as shares, and absent labels are named', () => {
  const labels = [
    { label: 'B cell', real: 50, generated: 0 },
    { label: 'T cell', real: 50, generated: 90 },
    { label: 'new', real: 0, generated: 10 },
  ];
  const [proportions, ...absent] = problems([], { labels });
  assert.match(proportions, /50% of the cells.*most of all B cell, 50% of real and 0% of generated/);
  assert.deepEqual(absent, [
    'No generated cell has the label of cell_type: B cell.',
    'No real cell has the label of cell_type: new.',
  ]);
});
