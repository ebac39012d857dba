import assert from 'node:assert/strict';
import { test } from 'node:test';
import { librarySizes, medianLibrarySize } from '../../src/counts/library-size.js';
import { DataError } from '../../src/errors.js';
import { mixingIndex } from '../../src/metrics/mixing.js';
import { pooledPair } from '../../src/metrics/pooled-pair.js';
import { assertClose } from './close.js';
import { simulatedCounts } from './simulated-cells.js';

const real = simulatedCounts(120, 20, 1);
const other = simulatedCounts(90, 20, 2, 3);
const options = { values: 'counts', seed: 5, components: 4 } as const;

test('both sides have as many cells as the smaller one, in random order, at the real median total', () => {
  const pair = pooledPair(real, other, options);
  assert.equal(pair.cells, 90);
  const target = medianLibrarySize(librarySizes(real));
  for (const side of [pair.real, pair.other]) {
    assert.equal(new Set(side.rows).size, 90);
    assert.notDeepEqual(
      [...side.rows],
      [...side.rows].sort((a, b) => a - b),
    );
    assert.deepEqual(
      [side.values.rows, side.logged.rows, side.scores.rows, side.scores.cols],
      [90, 90, 90, 4],
    );
    const { indptr, data } = side.logged;
    const total = Array.from(data.slice(0, indptr[1])).reduce((sum, value) => sum + Math.expm1(value), 0);
    assertClose(total, target, 1e-5);
  }
  const [row] = pair.other.rows;
  assert.deepEqual(
    pair.other.values.data.slice(0, pair.other.values.indptr[1]),
    other.data.slice(other.indptr[row], other.indptr[row + 1]),
  );
});

test('components are of both sides about one mean: the pooled scores have none, and sides alike mix', () => {
  const { real: a, other: b } = pooledPair(real, simulatedCounts(120, 20, 3), options);
  for (let c = 0; c < 4; c++) {
    let sum = 0;
    for (let row = 0; row < 120; row++) sum += a.scores.data[row * 4 + c] + b.scores.data[row * 4 + c];
    assertClose(sum / 240, 0, 1e-6);
  }
  assert.ok(mixingIndex(a.scores, b.scores) > 1.85);
});

test('the seed fixes the pair, and the real cells come in the same order beside any others of that number', () => {
  const pair = pooledPair(real, other, options);
  assert.deepEqual(pooledPair(real, other, options), pair);
  assert.deepEqual(pooledPair(real, simulatedCounts(90, 20, 9), options).real.rows, pair.real.rows);
  assert.notDeepEqual(pooledPair(real, other, { ...options, seed: 6 }).real.rows, pair.real.rows);
});

test('log-normalised values stay as they are; components are as many as there can be', () => {
  const pair = pooledPair(real, other, { values: 'log-normalised', seed: 0 });
  assert.equal(pair.real.logged, pair.real.values);
  assert.equal(pair.real.scores.cols, 20);
});

test('sides that cannot be compared are refused', () => {
  assert.throws(() => pooledPair(real, simulatedCounts(90, 19, 2), options), DataError);
  assert.throws(() => pooledPair(real, simulatedCounts(1, 20, 2), options), DataError);
  assert.throws(() => pooledPair(simulatedCounts(50, 20, 1, 0), other, options), DataError);
});
