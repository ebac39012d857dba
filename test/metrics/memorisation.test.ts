import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { selectRows, toCsr } from '../../src/counts/csr.js';
import { log1p } from '../../src/counts/library-size.js';
import { DataError } from '../../src/errors.js';
import type { CsrMatrix } from '../../src/io/anndata.js';
import { exactCopies, nearestTraining, trainingScores } from '../../src/metrics/memorisation.js';
import { cellsOf } from './cells-of.js';
import { assertAllClose } from './close.js';
import { normalPoints, reference } from './simulated-cells.js';

const simulated = reference<{
  genes: number;
  train: number[];
  generated: number[];
  held_out: number[];
  components: number;
  distances_generated: number[];
  distances_held_out: number[];
  nearer_share: number;
}>('memorisation');
const [train, generated, heldOut] = [simulated.train, simulated.generated, simulated.held_out].map((counts) =>
  cellsOf(counts, simulated.genes),
);

describe('nearest training cells', () => {
  it("are scikit-learn's, on components of the pooled cells", () => {
    const [a, b, c] = [train, generated, heldOut].map(log1p);
    const found = nearestTraining(trainingScores(a, c, b, simulated.components, 0));
    // A copy's distance is 0 here, and rounding there.
    assertAllClose(found.generated, simulated.distances_generated, 1e-4);
    assertAllClose(found.heldOut, simulated.distances_held_out, 1e-4);
    assert.ok(Math.abs(found.nearerShare - simulated.nearer_share) < 1e-9);
  });

  it('are as near to new cells of the population as to held-out ones, nearer to copies and farther from strangers', () => {
    const points = (seed: number, shift = 0) => toCsr(normalPoints(300, 6, seed, shift));
    const share = (cells: CsrMatrix) =>
      nearestTraining(trainingScores(points(1), points(2), cells, 5, 0)).nearerShare;
    assert.ok(Math.abs(share(points(3)) - 0.5) < 0.1);
    assert.equal(share(points(1)), 1);
    assert.ok(share(points(3, 6)) < 0.1);
  });

  it('are found among more training cells than components are fitted to', () => {
    const many = toCsr(normalPoints(20_500, 5, 1));
    const last = Array.from({ length: 30 }, (_, i) => 20_000 + i * 16);
    const scores = trainingScores(many, toCsr(normalPoints(30, 5, 2)), selectRows(many, last), 4, 0);
    assert.deepEqual([scores.train.rows, scores.other.rows], [20_500, 30]);
    const { generated, nearerShare } = nearestTraining(scores);
    assert.ok(Math.max(...generated) < 1e-3);
    assert.equal(nearerShare, 1);
  });

  it('need some cells of each', () => {
    assert.throws(() => trainingScores(train, heldOut, cellsOf([], simulated.genes), 3, 0), DataError);
  });
});

describe('exact copies', () => {
  it('are found, and near misses are not', () => {
    assert.deepEqual([...exactCopies(generated, train)], [0, 1, 2, 3, 4, 5]);
    assert.deepEqual([...exactCopies(log1p(generated), log1p(train))], [0, 1, 2, 3, 4, 5]);
    assert.equal(exactCopies(train, train).length, train.rows);
  });

  it('are the same with stored zeros and in float64; empty cells copy nothing', () => {
    const plain = cellsOf([0, 2, 0, 0], 2);
    const padded: CsrMatrix = {
      ...plain,
      indptr: Float64Array.of(0, 2, 2),
      indices: Int32Array.of(0, 1),
      data: Float64Array.of(0, 2),
    };
    assert.deepEqual([...exactCopies(padded, plain)], [0]);
    assert.deepEqual([...exactCopies(plain, padded)], [0]);
  });
});
