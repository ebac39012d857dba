import assert from 'node:assert/strict';
import { test } from 'node:test';
import { leadingDirection, meanProduct } from '../../src/explain/carry.js';
import { componentStructure, matchMarkers, shuffled, shuffledRows } from '../../src/explain/marker-match.js';
import {
  decidedShare,
  decisionSteps,
  nearestTypes,
  typeCentroids,
} from '../../src/explain/path-decisions.js';
import { stream } from '../../src/random/stream.js';
import { assertAllClose, assertClose } from '../metrics/close.js';

const [cells, genes, count] = [60, 40, 3];
const types = Int32Array.from({ length: cells }, (_, cell) => cell % 2);
const random = stream(3, 'planted components');
/** Component 1 is on in type 0 and raises genes 0-4; component 2 is on in type 1 and raises genes 5-9. */
const scores = Float64Array.from({ length: cells * count }, (_, at) =>
  (at % count) - 1 === types[Math.floor(at / count)] ? 2 + random.uniform() : random.uniform(),
);
const loadings = Float64Array.from({ length: genes * count }, (_, at) => {
  const [gene, c] = [Math.floor(at / count), at % count];
  return c > 0 && Math.floor(gene / 5) === c - 1 ? 5 : random.uniform();
});
const markers = [0, 1].map((type) =>
  Uint8Array.from({ length: genes }, (_, gene) => (Math.floor(gene / 5) === type ? 1 : 0)),
);

test('a type gets the component that its cells use, and its markers come first in it', () => {
  const matches = matchMarkers({ count, scores, loadings, signed: false }, types, markers);
  assert.deepEqual(
    matches.map(({ matched }) => matched),
    [1, 2],
  );
  for (const { auroc, precision, best } of matches) assert.deepEqual([auroc, precision, best], [1, 1, 1]);
  const missing = matchMarkers({ count, scores, loadings, signed: false }, types, [
    null,
    markers[1],
    markers[0],
  ]);
  assert.deepEqual(
    missing.map(({ type }) => type),
    [1],
    'no markers, and no cells',
  );
});

test('a component is found upside down where signs mean nothing, and only there', () => {
  const [turned, other] = [scores, loadings].map((values) => values.map((value) => -value));
  const [signed] = matchMarkers({ count, scores: turned, loadings: other, signed: true }, types, markers);
  assert.deepEqual([signed.matched, signed.sign, signed.precision], [1, -1, 1]);
  const [unsigned] = matchMarkers({ count, scores: turned, loadings: other, signed: false }, types, markers);
  assert.ok(unsigned.matched !== 1 && unsigned.precision < 0.5);
});

test('genes in a random order find nothing, and stay the same genes', () => {
  const mixed = shuffledRows(loadings, count, stream(1, 'shuffle'));
  assert.deepEqual([...mixed].sort(), [...loadings].sort());
  const [match] = matchMarkers({ count, scores, loadings: mixed, signed: false }, types, markers);
  assert.ok(match.precision < 0.6, `${match.precision}`);
  assert.deepEqual([...shuffled([3, 1, 2], stream(1, 'x'))].sort(), [1, 2, 3]);
});

test('structure is the covariance with each gene over the deviation of the scores', () => {
  const expression = Float32Array.from({ length: cells * 2 }, (_, at) => Math.max(0, Math.sin(at)));
  const structure = componentStructure({ count, scores, loadings, signed: false }, expression, 2);
  const column = (of: ArrayLike<number>, width: number, c: number) =>
    Array.from({ length: cells }, (_, i) => of[i * width + c]);
  const mean = (of: number[]) => of.reduce((sum, value) => sum + value / of.length, 0);
  const [score, gene] = [column(scores, count, 2), column(expression, 2, 1)];
  const deviation = Math.sqrt(mean(score.map((value) => (value - mean(score)) ** 2)));
  const covariance = mean(score.map((value, i) => (value - mean(score)) * (gene[i] - mean(gene))));
  assertClose(structure[1 * count + 2], covariance / deviation, 1e-9);
});

test("a cell's type is decided when it no longer changes", () => {
  const path = [
    [0, 1, 1],
    [1, 1, 0],
    [1, 1, 1],
    [1, 1, 0],
  ].map((step) => Int32Array.from(step));
  const decisions = decisionSteps(path);
  assert.deepEqual([...decisions], [1, 0, 3]);
  assert.deepEqual(decidedShare(decisions, 4), [1 / 3, 2 / 3, 2 / 3, 1]);
});

test('the nearest centroid is taken over its own coordinates; a type without cells is none', () => {
  const rows = Float32Array.of(0, 0, 9, 2, 2, 9, 10, 10, -9);
  const centroids = typeCentroids(rows, 3, [0, 0, 2], 3);
  assert.deepEqual(centroids[1], null);
  assert.deepEqual([...centroids[0]!], [1, 1, 9]);
  const plane = centroids.map((own) => own?.subarray(0, 2) ?? null);
  assert.deepEqual([...nearestTypes(Float32Array.of(2, 1, 99, 9, 9, 99), 3, plane)], [0, 2]);
});

test('derivatives are carried by the mean of products', () => {
  const toState = Float32Array.of(1, 2, 3, 4, 5, 6, 7, 8);
  const toGenes = Float32Array.of(1, 0, 0, 1, 2, 0, 0, 2);
  assertAllClose(meanProduct(toState, toGenes, 2, 2), [
    (1 + 10) / 2,
    (2 + 12) / 2,
    (3 + 14) / 2,
    (4 + 16) / 2,
  ]);
  const direction = leadingDirection(Float64Array.of(-3, -6, 4, 8, 0, 0), 2);
  assertAllClose(direction, [-3 * Math.sqrt(5), 4 * Math.sqrt(5), 0], 1e-9);
});
