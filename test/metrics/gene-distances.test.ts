import assert from 'node:assert/strict';
import { test } from 'node:test';
import { compressRows, selectRows } from '../../src/counts/csr.js';
import { geneDivergences } from '../../src/metrics/divergence.js';
import { meanOverGenes } from '../../src/metrics/gene-values.js';
import { slicedWasserstein, unitDirections, wassersteinPerGene } from '../../src/metrics/wasserstein.js';
import { assertAllClose, assertClose } from './close.js';
import {
  dense,
  normalPoints,
  otherCells,
  otherPoints,
  realCells,
  realPoints,
  shuffledRows,
  simulatedCounts,
  twoSets,
} from './simulated-cells.js';

test('per gene, Wasserstein distances and divergences are those of SciPy', () => {
  assertAllClose(wassersteinPerGene(realCells, otherCells), twoSets.wasserstein, 1e-12);
  const { kullbackLeibler, jensenShannon } = geneDivergences(realCells, otherCells);
  assertAllClose(kullbackLeibler, twoSets.kullbackLeibler, 1e-12);
  assertAllClose(jensenShannon, twoSets.jensenShannon, 1e-12);
});

test('the sliced Wasserstein distance is that of sorted projections', () => {
  const directions = dense(twoSets.directions);
  assertClose(slicedWasserstein(realPoints, otherPoints, directions), twoSets.slicedWasserstein, 1e-6);
});

test('directions are of length 1 and fixed by the seed', () => {
  const directions = unitDirections(20, 7, 1);
  for (let row = 0; row < 20; row++) {
    assertClose(Math.hypot(...directions.data.slice(row * 7, (row + 1) * 7)), 1, 1e-12);
  }
  assert.deepEqual(unitDirections(20, 7, 1), directions);
  assert.notDeepEqual(unitDirections(20, 7, 2), directions);
});

test('equal sets have no distance, whatever the order of the cells', () => {
  const shuffled = selectRows(realCells, shuffledRows(realCells.rows, 1));
  assert.equal(meanOverGenes(wassersteinPerGene(realCells, shuffled)), 0);
  const { kullbackLeibler, jensenShannon } = geneDivergences(realCells, shuffled);
  assert.equal(meanOverGenes(kullbackLeibler), 0);
  assert.equal(meanOverGenes(jensenShannon), 0);
  assert.equal(slicedWasserstein(realPoints, realPoints, unitDirections(5, realPoints.cols, 0)), 0);
});

test('Wasserstein distances are symmetric, and so is Jensen-Shannon where both sides set the same bins', () => {
  assertAllClose(wassersteinPerGene(otherCells, realCells), wassersteinPerGene(realCells, otherCells), 1e-12);
  // Two values a gene: whichever side is real, the bins are zero and not zero.
  const bits = (rows: number[][]) => compressRows(dense(rows));
  const [a, b] = [
    bits([
      [0, 1],
      [1, 1],
      [1, 0],
    ]),
    bits([
      [0, 0],
      [0, 1],
      [1, 0],
      [0, 0],
    ]),
  ];
  assertAllClose(geneDivergences(a, b).jensenShannon, geneDivergences(b, a).jensenShannon, 1e-15);
});

test('a shift is found at its size', () => {
  const points = normalPoints(300, 3, 1);
  const moved = { ...points, data: points.data.map((value, at) => (at % 3 === 0 ? value + 2 : value)) };
  assertAllClose(wassersteinPerGene(compressRows(points), compressRows(moved)), [2, 0, 0], 1e-6);
  // Over all directions the mean squared projection of the shift is |shift|^2 / d.
  assertClose(slicedWasserstein(points, moved, unitDirections(4000, 3, 0)), 2 / Math.sqrt(3), 0.03);
});

test('values below zero keep their place among the zeros', () => {
  const a = compressRows(dense([[-1], [0], [2]]));
  const b = compressRows(dense([[0], [0], [0]]));
  assertAllClose(wassersteinPerGene(a, b), [1], 1e-12);
});

test('divergences grow with the difference and stay finite and below ln 2 where nothing is shared', () => {
  const real = simulatedCounts(300, 10, 1);
  const [same, near, far] = [1, 1.5, 4].map((factor) => {
    const { kullbackLeibler, jensenShannon } = geneDivergences(real, simulatedCounts(300, 10, 2, factor));
    return [meanOverGenes(kullbackLeibler), meanOverGenes(jensenShannon)];
  });
  assert.ok(same[0] < near[0] && near[0] < far[0]);
  assert.ok(same[1] < near[1] && near[1] < far[1]);
  const ones = compressRows(dense(Array.from({ length: 500 }, () => [1])));
  const zeros = compressRows(dense(Array.from({ length: 500 }, () => [0])));
  const apart = geneDivergences(zeros, ones);
  assert.ok(apart.jensenShannon[0] > 0.68 && apart.jensenShannon[0] < Math.LN2);
  assert.ok(Number.isFinite(apart.kullbackLeibler[0]));
});
