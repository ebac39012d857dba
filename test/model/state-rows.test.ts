import assert from 'node:assert/strict';
import { test } from 'node:test';
import { libraryLog } from '../../src/counts/library-scale.js';
import type { PreparedCells } from '../../src/counts/preprocessing.js';
import { posteriorEncoding } from '../../src/model/encoding.js';
import { encodedRows } from '../../src/model/state-rows.js';
import { stream } from '../../src/random/stream.js';

const [cells, latent] = [400, 3];
const random = stream(1, 'posteriors');
const posteriors = {
  mean: Float32Array.from({ length: cells * latent }, (_, i) => 5 * (i % latent) + 2 * random.normal()),
  deviation: Float32Array.from({ length: cells * latent }, (_, i) => 0.2 + (i % latent)),
};
const encoding = posteriorEncoding(posteriors, cells);
const librarySize = Float64Array.from({ length: cells }, (_, i) => (i === 0 ? 0 : 50 + 10 * (i % 90)));
// Of the prepared cells only their number and their library sizes matter here.
const prepared = { values: { rows: cells }, librarySize } as PreparedCells;
const everyCell = Int32Array.from({ length: cells }, (_, i) => i);

test('every coordinate of the state, the library size too, has mean 0 and variance 1', () => {
  const rows = encodedRows(prepared, encoding, true, 7);
  assert.equal(rows.width, latent + 1);
  const draws = 50;
  const out = new Float32Array(cells * rows.width);
  const sum = new Float64Array(rows.width);
  const squares = new Float64Array(rows.width);
  for (let step = 0; step < draws; step++) {
    rows.fill(everyCell, step, out);
    out.forEach((value, i) => {
      sum[i % rows.width] += value;
      squares[i % rows.width] += value ** 2;
    });
  }
  for (let k = 0; k < rows.width; k++) {
    assert.ok(Math.abs(sum[k] / (cells * draws)) < 0.03, `mean of ${k}`);
    assert.ok(Math.abs(squares[k] / (cells * draws) - 1) < 0.05, `variance of ${k}`);
  }
});

test('the standardisation leads back to the library size; an empty cell counts as one molecule', () => {
  const rows = encodedRows(prepared, encoding, true, 7);
  const out = new Float32Array(2 * rows.width);
  rows.fill(Int32Array.of(0, 5), 0, out);
  const { mean, deviation, library } = rows.standardisation;
  const place = (i: number) => out[i * rows.width + latent] * deviation[latent] + mean[latent];
  const size = (i: number) => Math.exp(libraryLog(library!, place(i)));
  assert.ok(Math.abs(size(0) - 1) < 1e-3);
  assert.ok(Math.abs(size(1) - 100) < 0.1);
});

test('draws differ from step to step, and are the same for the same step', () => {
  const rows = encodedRows(prepared, encoding, false, 7);
  assert.equal(rows.width, latent);
  const drawn = (step: number) => {
    const out = new Float32Array(4 * latent);
    rows.fill(Int32Array.of(3, 1, 4, 1), step, out);
    return out;
  };
  assert.deepEqual(drawn(2), drawn(2));
  assert.notDeepEqual(drawn(2), drawn(3));
});
