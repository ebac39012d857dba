import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Estimate, Figure } from '../../src/metrics/evaluation.js';
import { directionOf, judge } from '../../src/report/judgement.js';

const at = (value: number, halfWidth = 0.01): Estimate => ({
  value,
  interval: [value - halfWidth, value + halfWidth],
  n: 300,
});

function auroc(generated: Estimate, control: Estimate | null, baselines: readonly number[]): Figure {
  return {
    ...{
      key: 'auroc',
      title: 'AUROC',
      meaning: 'It guesses.',
      group: 'classifiers',
      better: 'near',
      ideal: 0.5,
    },
    ...{ headline: true, generated, control },
    baselines: new Map(baselines.map((value, i) => [`baseline ${i}`, at(value)])),
  };
}

const standing = (figure: Figure): string => judge(figure).standing;

test('a figure no worse than the control, or within its interval, is level', () => {
  assert.equal(standing(auroc(at(0.51), at(0.53), [0.9])), 'level');
  assert.equal(standing(auroc(at(0.545), at(0.53), [0.9])), 'level');
  assert.equal(standing(auroc(at(0.47), at(0.53), [0.9])), 'level', 'below the ideal as far as above');
});

test('short of the control, baselines decide', () => {
  assert.deepEqual(judge(auroc(at(0.7), at(0.53), [0.9, 0.8])), {
    standing: 'ahead',
    words: 'Better than every baseline, short of real cells.',
  });
  assert.deepEqual(judge(auroc(at(0.85), at(0.53), [0.9, 0.8])), {
    standing: 'mixed',
    words: 'Behind the baseline baseline 1.',
  });
  assert.equal(standing(auroc(at(0.95), at(0.53), [0.9, 0.8])), 'behind');
  assert.equal(standing(auroc(at(0.05), at(0.53), [0.9])), 'behind', 'far below the ideal is far');
});

test('without a control or baselines nothing is claimed', () => {
  assert.equal(judge(auroc(at(0.7), null, [0.9])).words, 'Better than every baseline.');
  assert.equal(standing(auroc(at(0.7), null, [])), 'unknown');
  assert.equal(standing(auroc(at(Number.NaN), at(0.5), [0.9])), 'unknown');
  assert.equal(standing({ ...auroc(at(0.7), null, [0.9]), ideal: null }), 'unknown');
});

test('higher and lower are told apart', () => {
  const coverage = { ...auroc(at(0.8), at(0.95), [0.6]), better: 'higher', ideal: 1 } as const;
  assert.equal(standing(coverage), 'ahead');
  assert.equal(standing({ ...coverage, better: 'lower', ideal: 0 }), 'level');
});

test('copies of the training cells are not level with them', () => {
  const nearer = { ...auroc(at(1, 0), at(1, 0), []), group: 'memorisation' } as const;
  assert.equal(standing(nearer), 'mixed');
  assert.equal(judge({ ...nearer, generated: at(0.505) }).words, 'No sign of copying.');
});

test('directions in words', () => {
  const figure = auroc(at(0.5), null, []);
  assert.equal(directionOf(figure), 'nearer 0.5 is better');
  assert.equal(directionOf({ ...figure, ideal: null }), 'nearer the control is better');
  assert.equal(directionOf({ ...figure, better: 'lower' }), 'lower is better');
});
