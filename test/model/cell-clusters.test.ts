import assert from 'node:assert/strict';
import { test } from 'node:test';
import { clusterCells } from '../../src/model/cell-clusters.js';
import type { LabelledCells } from '../../src/model/labels.js';

/** Cells in two places of one coordinate, without labels. */
function twoPlaces(cells: number) {
  const labels: LabelledCells = {
    space: { keys: [], clusters: 0, combinations: [] },
    codes: new Int32Array(0),
  };
  let most = 0;
  const rows = {
    cells,
    centres(some: ArrayLike<number>) {
      most = Math.max(most, some.length);
      const data = Float32Array.from(some, (cell) => (cell % 2) * 100 + (cell % 7));
      return { format: 'dense' as const, rows: some.length, cols: 1, data };
    },
  };
  return { cells: { labels, rows }, mostAtOnce: () => most };
}

test('centres learned from some of many cells serve all, and no more than those are placed at once', () => {
  const { cells, mostAtOnce } = twoPlaces(25_001);
  const { labels, centres } = clusterCells(cells, null, 2, 0);
  assert.equal(labels.codes.length, 25_001);
  assert.notEqual(labels.codes[0], labels.codes[1]);
  labels.codes.forEach((code, cell) => {
    assert.equal(code, labels.codes[cell % 2]);
  });
  assert.equal(centres!.rows, 2);
  assert.equal(mostAtOnce(), 20_000);
});

test('held-out cells are with the nearest centre of training cells', () => {
  const { labels, heldOutLabels } = clusterCells(twoPlaces(100).cells, twoPlaces(11).cells, 2, 3);
  assert.deepEqual(heldOutLabels!.codes, labels.codes.slice(0, 11));
});
