import assert from 'node:assert/strict';
import { test } from 'node:test';
import { decodeCells } from '../../src/report/browser/decode-cells.js';
import { nearestCell } from '../../src/report/browser/nearest-cell.js';
import { embeddingData } from '../../src/report/page/embedding-data.js';
import { embeddingScript } from '../../src/report/page/embedding-script.js';

const embedding = {
  method: 'tsne',
  coordinates: Float32Array.of(-10, 0, 10, 5, 0, -5),
  isGenerated: Uint8Array.of(0, 1, 0),
  rows: Int32Array.of(7, 100_000, 3),
  codes: Int32Array.of(1, -1, 0),
  labels: ['a', 'b'],
} as const;

test('an embedding comes out of the page as it went in, to a 16-bit place', () => {
  const data = embeddingData(embedding);
  const cells = decodeCells(JSON.parse(JSON.stringify(data)));
  assert.equal(cells.count, 3);
  assert.deepEqual([...cells.isGenerated], [0, 1, 0]);
  assert.deepEqual([...cells.rows], [7, 100_000, 3]);
  assert.deepEqual([...cells.codes], [1, 2, 0], 'a cell without label has the code after the last');
  assert.equal(data.colours.length, 3);
  // Across -10..10 fills the width between margins of 2%; up, half as wide, lies in the middle, the higher value above.
  const expected = [0.02, 0.5, 0.98, 0.26, 0.5, 0.74];
  cells.places.forEach((place, i) => {
    assert.ok(Math.abs(place - expected[i]) < 2e-5, `${i}: ${place}`);
  });
});

test('the nearest shown cell within reach is found', () => {
  const cells = decodeCells(embeddingData(embedding));
  const all = () => true;
  assert.equal(nearestCell(cells, all, 0.97, 0.27, 0.05), 1);
  assert.equal(nearestCell(cells, all, 0.8, 0.1, 0.05), -1);
  assert.equal(
    nearestCell(cells, (cell) => cell !== 1, 0.97, 0.27, 0.05),
    -1,
  );
});

test('functions that travel in the page stand alone', () => {
  assert.doesNotMatch(embeddingScript, /\b(import|export|require)\b|<\/script/);
  assert.doesNotThrow(() => new Function(embeddingScript));
});
