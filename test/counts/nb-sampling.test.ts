import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { sampleCounts } from '../../src/counts/nb-sampling.js';
import { stream } from '../../src/random/stream.js';

describe('sampleCounts', () => {
  it('draws whole counts with the means and variances asked for', () => {
    const means = [0, 0.05, 2, 50];
    const thetas = [1, 0.3, 5, Infinity];
    const cells = 20_000;
    const sum = [0, 0, 0, 0];
    const squares = [0, 0, 0, 0];
    const row = new Float32Array(4);
    for (let cell = 0; cell < cells; cell++) {
      sampleCounts(stream(9, 'counts', cell), means, thetas, row);
      row.forEach((count, gene) => {
        assert.ok(Number.isInteger(count) && count >= 0);
        sum[gene] += count;
        squares[gene] += count * count;
      });
    }
    means.forEach((mean, gene) => {
      const expected = mean + mean ** 2 / thetas[gene];
      const found = sum[gene] / cells;
      assert.ok(Math.abs(found - mean) <= 5 * Math.sqrt(expected / cells), `mean of gene ${gene}: ${found}`);
      const variance = squares[gene] / cells - found ** 2;
      assert.ok(Math.abs(variance - expected) <= 0.15 * expected, `variance of gene ${gene}: ${variance}`);
    });
  });

  it('gives a cell the same counts wherever it is drawn', () => {
    const draw = (cell: number) => {
      const row = new Float32Array(50);
      sampleCounts(
        stream(2, 'counts', cell),
        new Float32Array(50).fill(3),
        new Float32Array(50).fill(1),
        row,
      );
      return row;
    };
    const forward = [0, 1, 2].map(draw);
    assert.deepEqual([2, 1, 0].map(draw).reverse(), forward);
    assert.notDeepEqual(forward[0], forward[1]);
  });
});
