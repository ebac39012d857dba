import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { selectRows } from '../../src/counts/csr.js';
import { DataError } from '../../src/errors.js';
import type { CsrMatrix } from '../../src/io/anndata.js';
import { TreeGrower } from '../../src/metrics/decision-tree.js';
import { fitForest, predictForest } from '../../src/metrics/random-forest.js';
import { sortColumns } from '../../src/metrics/sorted-columns.js';
import { forestTwoSampleTest } from '../../src/metrics/two-sample-test.js';
import { stream } from '../../src/random/stream.js';
import { cellsOf } from './cells-of.js';
import { reference } from './simulated-cells.js';

interface Spread {
  trees: number;
  seeds: number;
  mean: number;
  sd: number;
}

const simulated = reference<{
  components: number[];
  counts: number[];
  types: number[];
  typed_cells: number[];
  forest_components: Spread;
  forest_counts: Spread;
  forest_types: Spread & { mean_probabilities: number[] };
}>('classifiers');

const seeds = Array.from({ length: 8 }, (_, seed) => seed);
const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
const range = (length: number) => Int32Array.from({ length }, (_, i) => i);

/** Both means are of random forests: they may differ by four of their joint standard errors over seeds. */
function assertWithinSampling(ours: readonly number[], expected: Spread): void {
  const tolerance = 4 * expected.sd * Math.sqrt(1 / ours.length + 1 / expected.seeds);
  const difference = Math.abs(mean(ours) - expected.mean);
  assert.ok(difference <= tolerance, `${mean(ours)} for ${expected.mean}, beyond ${tolerance}`);
}

function twoSampleAurocs(values: number[], cols: number, { trees }: Spread): number[] {
  const cells = cellsOf(values, cols);
  const half = cells.rows / 2;
  const real = selectRows(cells, range(half));
  const generated = selectRows(
    cells,
    range(half).map((row) => row + half),
  );
  return seeds.map((seed) => forestTwoSampleTest(real, generated, trees, seed).auroc);
}

/** Lowest weighted Gini impurity of all splits of one node, found the slow way. */
function bestImpurity(values: CsrMatrix, codes: readonly number[], weights: readonly number[]): number {
  const dense = Array.from({ length: values.rows }, () => new Array<number>(values.cols).fill(0));
  dense.forEach((row, cell) => {
    for (let at = values.indptr[cell]; at < values.indptr[cell + 1]; at++)
      row[values.indices[at]] = values.data[at];
  });
  let best = Number.POSITIVE_INFINITY;
  for (let feature = 0; feature < values.cols; feature++) {
    for (const threshold of new Set(dense.map((row) => row[feature]))) {
      const isLeft = dense.map((row) => row[feature] <= threshold);
      const sides = [true, false].map((side) => impurity(isLeft, side, codes, weights));
      if (sides.every((one) => one !== null)) best = Math.min(best, sides[0]! + sides[1]!);
    }
  }
  return best;
}

/** Weight times Gini impurity of one side, null where it is empty. */
function impurity(
  isLeft: readonly boolean[],
  side: boolean,
  codes: readonly number[],
  weights: readonly number[],
) {
  const counts = [0, 0, 0];
  codes.forEach((code, cell) => {
    if (isLeft[cell] === side) counts[code] += weights[cell];
  });
  const total = counts.reduce((sum, count) => sum + count, 0);
  return total === 0 ? null : total - counts.reduce((sum, count) => sum + count ** 2, 0) / total;
}

describe('random forest', () => {
  it("has scikit-learn's AUROC on components and on counts, within sampling error", () => {
    const { forest_components, forest_counts } = simulated;
    assertWithinSampling(twoSampleAurocs(simulated.components, 8, forest_components), forest_components);
    assertWithinSampling(twoSampleAurocs(simulated.counts, 40, forest_counts), forest_counts);
  });

  it("has scikit-learn's accuracy and probabilities with three classes, within sampling error", () => {
    const expected = simulated.forest_types;
    const cells = cellsOf(simulated.typed_cells, 6);
    const columns = sortColumns(cells);
    const codes = Int32Array.from(simulated.types);
    const held = range(80).map((row) => row + 80);
    const fits = seeds.map((seed) =>
      predictForest(fitForest(columns, codes, 3, range(80), expected.trees, seed), cells, held),
    );
    const accuracies = fits.map((probabilities) => {
      const rows = Array.from(held, (_, i) => Array.from(probabilities.subarray(3 * i, 3 * i + 3)));
      return mean(rows.map((row, i) => (row.indexOf(Math.max(...row)) === codes[held[i]] ? 1 : 0)));
    });
    assertWithinSampling(accuracies, expected);
    // A mean over 8 x 100 trees, each share between 0 and 1, has a standard error of 0.018 at most, and its fellow 0.009.
    expected.mean_probabilities.forEach((probability, i) => {
      assert.ok(Math.abs(mean(fits.map((fit) => fit[i])) - probability) < 0.08, `probability ${i}`);
    });
  });

  it('splits the root where the impurity is lowest, whatever the signs, ties and zeros', () => {
    const cell = fc.record({
      values: fc.tuple(fc.integer({ min: -2, max: 2 }), fc.integer({ min: 0, max: 3 })),
      code: fc.nat({ max: 2 }),
      weight: fc.integer({ min: 1, max: 3 }),
    });
    fc.assert(
      fc.property(fc.array(cell, { minLength: 2, maxLength: 60 }), fc.nat(), (cells, seed) => {
        const matrix = cellsOf(
          cells.flatMap(({ values }) => values),
          2,
        );
        const codes = cells.map(({ code }) => code);
        const weights = cells.map(({ weight }) => weight);
        const grower = new TreeGrower(sortColumns(matrix), Int32Array.from(codes), 3, 2);
        const tree = grower.grow(Int32Array.from(weights), stream(seed, 'test'));
        const feature = tree.feature[0];
        if (feature < 0) return;
        const isLeft = cells.map(({ values }) => values[feature] <= tree.threshold[0]);
        const found = impurity(isLeft, true, codes, weights)! + impurity(isLeft, false, codes, weights)!;
        assert.ok(Math.abs(found - bestImpurity(matrix, codes, weights)) < 1e-9);
      }),
    );
  });

  it('grows pure leaves: a tree knows every distinct cell that it was grown on', () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(fc.integer({ min: -50, max: 50 }), { minLength: 1 }),
        fc.nat(),
        (xs, seed) => {
          const cells = cellsOf(xs, 1);
          const codes = Int32Array.from(xs, (x) => Math.abs(x) % 3);
          const grower = new TreeGrower(sortColumns(cells), codes, 3, 1);
          const tree = grower.grow(new Int32Array(xs.length).fill(1), stream(seed, 'test'));
          const said = predictForest({ classes: 3, features: 1, trees: [tree] }, cells);
          codes.forEach((code, i) => {
            assert.equal(said[3 * i + code], 1);
          });
        },
      ),
    );
  });

  it('is the same for the same seed', () => {
    const cells = cellsOf(simulated.typed_cells, 6);
    const codes = Int32Array.from(simulated.types);
    const grow = (seed: number) =>
      predictForest(fitForest(sortColumns(cells), codes, 3, range(80), 20, seed), cells);
    assert.deepEqual(grow(1), grow(1));
    assert.notDeepEqual(grow(1), grow(2));
  });

  it('needs training cells', () => {
    const columns = sortColumns(cellsOf([1, 2], 1));
    assert.throws(() => fitForest(columns, Int32Array.of(0, 1), 2, new Int32Array(0), 5, 0), DataError);
  });
});
