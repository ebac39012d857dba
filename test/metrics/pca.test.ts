import assert from 'node:assert/strict';
import { test } from 'node:test';
import { compressRows, selectRows } from '../../src/counts/csr.js';
import { OptionError } from '../../src/errors.js';
import { placeOn, principalComponents } from '../../src/metrics/pca.js';
import { symmetricEigen } from '../../src/metrics/symmetric-eigen.js';
import { assertAllClose, assertClose } from './close.js';
import { dense, normalPoints, reference, shuffledRows, simulatedCounts } from './simulated-cells.js';

interface PcaReference {
  readonly counts: string[];
  readonly mean: number[];
  readonly explainedVariance: number[];
  readonly components: number[][];
  readonly scores: number[][];
}

const expected = reference<PcaReference>('pca');
const counts = dense(expected.counts.map((row) => Array.from(row, Number)));

test('components, variances and scores are those of the exact decomposition', () => {
  const k = expected.components.length;
  const found = principalComponents(compressRows(counts), k, 0);
  assertAllClose(found.mean, expected.mean, 1e-12);
  assertAllClose(found.explainedVariance, expected.explainedVariance, 1e-6);
  assertAllClose(found.components, expected.components.flat(), 1e-3);
  assertAllClose(found.scores.data.slice(0, 3 * k), expected.scores.flat(), 1e-2);
});

test('cells that are placed on components have the scores that they have among those fitted', () => {
  const matrix = compressRows(counts);
  for (const k of [3, 4, 5]) {
    const found = principalComponents(matrix, k, 0);
    const placed = placeOn(found, matrix);
    assert.deepEqual([placed.rows, placed.cols], [matrix.rows, k]);
    assertAllClose(placed.data, found.scores.data, 1e-6);
  }
});

test('all components of few genes are exact', () => {
  const points = normalPoints(40, 6, 1);
  const { explainedVariance, components, scores } = principalComponents(points, 6, 3);
  let total = 0;
  for (let gene = 0; gene < 6; gene++) {
    const values = Array.from({ length: 40 }, (_, row) => points.data[row * 6 + gene]);
    const mean = values.reduce((sum, value) => sum + value, 0) / 40;
    total += values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / 39;
  }
  assertClose(
    explainedVariance.reduce((sum, value) => sum + value, 0),
    total,
    1e-10,
  );
  for (let a = 0; a < 6; a++) {
    for (let b = 0; b <= a; b++) {
      let product = 0;
      for (let gene = 0; gene < 6; gene++) product += components[a * 6 + gene] * components[b * 6 + gene];
      assertClose(product, a === b ? 1 : 0, 1e-12);
    }
    let mean = 0;
    for (let row = 0; row < 40; row++) mean += scores.data[row * 6 + a] / 40;
    assertClose(mean, 0, 1e-6);
  }
});

test('sparse and dense input, any order of the cells and any seed give the same components', () => {
  const k = expected.components.length;
  const first = principalComponents(counts, k, 0);
  const order = shuffledRows(counts.rows, 1);
  const shuffled = principalComponents(selectRows(compressRows(counts), order), k, 0);
  assert.deepEqual(principalComponents(compressRows(counts), k, 0), first);
  assertAllClose(shuffled.components, first.components, 1e-9);
  assertAllClose(shuffled.scores.data.slice(0, k), first.scores.data.slice(order[0] * k, (order[0] + 1) * k));
  assertAllClose(principalComponents(counts, k, 8).explainedVariance, first.explainedVariance, 1e-6);
});

test('the largest entry of every component is positive', () => {
  const { components } = principalComponents(simulatedCounts(80, 30, 2), 5, 0);
  for (let c = 0; c < 5; c++) {
    const component = [...components.slice(c * 30, (c + 1) * 30)];
    assert.equal(
      Math.max(...component),
      component.reduce((most, value) => Math.max(most, Math.abs(value)), 0),
    );
  }
});

test('equal cells, and fewer directions than components, have variances of zero', () => {
  const equal = principalComponents(
    dense([
      [1, 2, 3],
      [1, 2, 3],
      [1, 2, 3],
    ]),
    2,
    0,
  );
  assertAllClose(equal.explainedVariance, [0, 0], 1e-12);
  assertAllClose(equal.scores.data, new Float32Array(6), 1e-6);
  const line = principalComponents(dense(Array.from({ length: 9 }, (_, i) => [i, 2 * i, 0, 5])), 3, 0);
  assertAllClose(line.explainedVariance, [37.5, 0, 0], 1e-9);
  assert.ok(line.scores.data.every(Number.isFinite));
});

test('a number of components that there cannot be is refused', () => {
  for (const k of [0, 3, 1.5])
    assert.throws(
      () =>
        principalComponents(
          dense([
            [1, 2, 3],
            [3, 1, 2],
          ]),
          k,
          0,
        ),
      OptionError,
    );
});

test('eigenvectors of a symmetric matrix rebuild it', () => {
  const n = 12;
  const { data } = normalPoints(n, n, 5);
  const matrix = Float64Array.from(data, (value, at) => value + data[(at % n) * n + Math.floor(at / n)]);
  const { values, vectors } = symmetricEigen(matrix, n);
  assert.deepEqual(
    [...values].sort((a, b) => b - a),
    [...values],
  );
  const rebuilt = matrix.map((_, at) => {
    const [i, j] = [Math.floor(at / n), at % n];
    return values.reduce((sum, value, v) => sum + value * vectors[i * n + v] * vectors[j * n + v], 0);
  });
  assertAllClose(rebuilt, matrix, 1e-12);
});
