import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Estimate, Figure } from '../../src/metrics/evaluation.js';
import { type FigureKey, figureCatalogue } from '../../src/metrics/figures.js';
import { isLevel } from '../../src/metrics/standing.js';
import { verdictOf } from '../../src/metrics/verdict.js';

type Values = Partial<Record<FigureKey, number | Estimate>>;

/** As of real training cells. */
const real: Values = {
  ...{ rf_auroc_pcs: 0.51, rf_auroc_genes: 0.49, mmd: -0.0004, coverage: 0.96 },
  ...{ zero_fraction_difference: 0.002, genes_per_cell_ratio: 1.01 },
  ...{ gene_correlation_top100: 0.975, gene_mean_pearson: 0.998, label_agreement: 0.9 },
};
const uncopied: Values = { nearer_share: 0.5, copied_share: 0, exact_copies: 0 };
const poisson: Values = { ...real, rf_auroc_pcs: 0.88, rf_auroc_genes: 0.87, mmd: 0.0064 };

const halfWidth: Values = { mmd: 0.0005, zero_fraction_difference: 0.004, genes_per_cell_ratio: 0.03 };

function estimated(values: Values, key: FigureKey): Estimate | null {
  const value = values[key];
  if (value === undefined) return null;
  if (typeof value !== 'number') return value;
  const half = (halfWidth[key] as number | undefined) ?? 0.02;
  return { value, interval: [value - half, value + half], n: 500 };
}

function figuresOf(generated: Values, control: Values | null, baseline: Values | null = poisson): Figure[] {
  return figureCatalogue.flatMap((description) => {
    const own = estimated(generated, description.key);
    if (own === null) return [];
    const rival = baseline && estimated(baseline, description.key);
    return [
      {
        ...{ ...description, generated: own },
        control: control && estimated(control, description.key),
        baselines: new Map(rival ? [['Poisson', rival]] : []),
      },
    ];
  });
}

const levelOf = (generated: Values, control: Values | null = real) =>
  verdictOf(figuresOf({ ...uncopied, ...real, ...generated }, control)).level;

test('real cells are indistinguishable, and so is what lies within the intervals', () => {
  assert.equal(levelOf({}), 'indistinguishable');
  assert.equal(levelOf({ rf_auroc_pcs: 0.54, label_agreement: 0.87 }), 'indistinguishable');
  assert.equal(levelOf({}, null), 'indistinguishable');
});

test('a good model is close, a simple generator different', () => {
  assert.equal(levelOf({ rf_auroc_pcs: 0.62, rf_auroc_genes: 0.65, mmd: 0.001 }), 'close');
  assert.equal(levelOf({ rf_auroc_pcs: 0.62, rf_auroc_genes: 0.65, mmd: 0.001 }, null), 'close');
  assert.equal(levelOf(poisson), 'different');
});

test('cells of wrong labels are not close, however real they look', () => {
  assert.equal(levelOf({ rf_auroc_pcs: 0.6, label_agreement: 0.3 }), 'different');
});

test('lost correlations, lost means, cells of one kind and a huge distance are broken, where a forest is certain', () => {
  const told: Values = { rf_auroc_pcs: 0.99, rf_auroc_genes: 1 };
  const cases: [Values, RegExp][] = [
    [{ gene_correlation_top100: 0.13 }, /do not go together/],
    [{ gene_mean_pearson: 0.1 }, /not as high/],
    [{ coverage: 0.02 }, /Hardly any real cell/],
    [{ mmd: 0.175 }, /baselines are far nearer.*0\.175, theirs 0\.006/],
  ];
  for (const [fault, words] of cases) {
    const verdict = verdictOf(figuresOf({ ...uncopied, ...real, ...told, ...fault }, real));
    assert.equal(verdict.level, 'broken');
    assert.match(verdict.sentences.join(' '), words);
    assert.notEqual(levelOf(fault), 'broken');
  }
  assert.equal(levelOf(told), 'different');
});

test('copies are called out before anything else, and smooth cells are not copies', () => {
  assert.equal(levelOf({ exact_copies: 0.4, rf_auroc_pcs: 1, gene_mean_pearson: 0 }), 'copied');
  assert.equal(levelOf({ nearer_share: 0.9, copied_share: 0.8 }), 'copied');
  assert.equal(levelOf({ nearer_share: 0.9, copied_share: 0 }), 'indistinguishable');
  assert.equal(levelOf({ nearer_share: 0.55, copied_share: 0.2 }), 'indistinguishable');
  assert.equal(levelOf({ nearer_share: 0.605, copied_share: 0.41 }), 'indistinguishable', 'Poisson draws');
  const { sentences } = verdictOf(figuresOf({ ...real, exact_copies: 1 }, real));
  assert.match(sentences[0], /^100% of the generated cells equal a training cell/);
});

test('what is short of real cells is named', () => {
  const { sentences } = verdictOf(figuresOf({ ...uncopied, ...real, mmd: 0.01 }, real));
  assert.match(sentences.join(' '), /6 of 7 headline figures are level.*short of them: MMD²\./);
  const alone = verdictOf(figuresOf(real, null)).sentences.join(' ');
  assert.match(alone, /copied is not known: give them with --train/);
});

test('a figure is level where it is better than the control, or intervals overlap', () => {
  const [base] = figuresOf({ mmd: 0.001 }, { mmd: 0.0002 });
  const at = (value: number, half: number): Estimate => ({
    value,
    interval: [value - half, value + half],
    n: 9,
  });
  const level = (generated: Estimate, control: Estimate, better: Figure['better'], ideal: number | null) =>
    isLevel({ ...base, generated, control, better, ideal });
  assert.ok(level(at(0.1, 0), at(0.2, 0), 'lower', null));
  assert.ok(!level(at(0.2, 0), at(0.1, 0), 'lower', null));
  assert.ok(level(at(0.2, 0.06), at(0.1, 0.06), 'lower', null));
  assert.ok(level(at(0.9, 0), at(0.8, 0), 'higher', null));
  assert.ok(!level(at(0.7, 0.02), at(0.8, 0.02), 'higher', null));
  // 0.4 and 0.6 are as far from 0.5, and an interval about 0.5 holds the ideal.
  assert.ok(level(at(0.6, 0), at(0.4, 0), 'near', 0.5));
  assert.ok(!level(at(0.6, 0.01), at(0.5, 0.02), 'near', 0.5));
  assert.ok(level(at(0.53, 0.05), at(0.5, 0), 'near', 0.5));
});
