import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { drawPoissonPerLabel, fitPoissonPerLabel } from '../../src/baselines/poisson-per-label.js';
import { toCsr } from '../../src/counts/csr.js';
import { librarySizes } from '../../src/counts/library-size.js';
import { DataError } from '../../src/errors.js';
import type { CsrMatrix } from '../../src/io/anndata.js';

function cells(rows: readonly (readonly number[])[]): CsrMatrix {
  const data = Float32Array.from(rows.flat());
  return toCsr({ format: 'dense', rows: rows.length, cols: rows[0].length, data });
}

const training = cells([
  [10, 30, 0],
  [20, 60, 0],
  [0, 0, 100],
]);
const codes = Int32Array.of(0, 0, 1);

function columnMeans({ rows, cols, indices, data }: CsrMatrix): number[] {
  const means = new Array<number>(cols).fill(0);
  indices.forEach((gene, at) => {
    means[gene] += data[at] / rows;
  });
  return means;
}

describe('Poisson per label', () => {
  it('has the means of its label: rates times the mean library size', () => {
    const n = 4000;
    const drawn = drawPoissonPerLabel(fitPoissonPerLabel(training, codes), new Int32Array(n), 1);
    const [first, second, third] = columnMeans(drawn);
    // Library sizes 40 and 80: variance of a gene of rate r is r 60 + r^2 400; five standard errors.
    assert.ok(Math.abs(first - 15) < 5 * Math.sqrt((15 + 25) / n), `${first}`);
    assert.ok(Math.abs(second - 45) < 5 * Math.sqrt((45 + 225) / n), `${second}`);
    assert.equal(third, 0);
    const sizes = librarySizes(drawn);
    const variance = sizes.reduce((sum, size) => sum + (size - 60) ** 2, 0) / n;
    assert.ok(Math.abs(variance - 460) < 40, `${variance}`);
    assert.ok(drawn.data.every((count) => Number.isInteger(count) && count > 0));
  });

  it('is one class without labels', () => {
    const drawn = drawPoissonPerLabel(fitPoissonPerLabel(training, null), new Int32Array(2000), 1);
    const [, second, third] = columnMeans(drawn);
    assert.ok(Math.abs(third / second - 10 / 9) < 0.05, `${third / second}`);
  });

  it('gives a cell that depends on its seed, place and label alone', () => {
    const model = fitPoissonPerLabel(training, codes);
    const few = drawPoissonPerLabel(model, [1, 0], 5);
    const more = drawPoissonPerLabel(model, [0, 0, 1], 5);
    const second = (drawn: CsrMatrix) => [...drawn.data.subarray(drawn.indptr[1], drawn.indptr[2])];
    assert.deepEqual(second(few), second(more));
    assert.notDeepEqual(second(few), second(drawPoissonPerLabel(model, [1, 0], 6)));
  });

  it('knows no label without training cells', () => {
    assert.throws(() => drawPoissonPerLabel(fitPoissonPerLabel(training, codes), [2], 0), DataError);
  });
});
