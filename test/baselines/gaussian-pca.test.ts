import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { drawGaussianPca, fitGaussianPca } from '../../src/baselines/gaussian-pca.js';
import { toCsr } from '../../src/counts/csr.js';
import { DataError } from '../../src/errors.js';
import type { DenseMatrix } from '../../src/io/anndata.js';
import { stream } from '../../src/random/stream.js';

const genes = 4;

/** Correlated values well above zero, the second label's shifted and wider. */
function simulate(cells: number): { values: DenseMatrix; codes: Int32Array } {
  const draws = stream(2, 'simulated');
  const codes = Int32Array.from({ length: cells }, (_, cell) => cell % 2);
  const data = new Float32Array(cells * genes);
  codes.forEach((code, cell) => {
    const shared = draws.normal() * (1 + code);
    for (let gene = 0; gene < genes; gene++)
      data[cell * genes + gene] = 20 + 3 * code * gene + shared + draws.normal();
  });
  return { values: { format: 'dense', rows: cells, cols: genes, data }, codes };
}

function moments({ data }: DenseMatrix, rows: readonly number[]) {
  const mean = Array.from({ length: genes }, (_, gene) =>
    rows.reduce((sum, row) => sum + data[row * genes + gene] / rows.length, 0),
  );
  const covariance = Array.from({ length: genes * genes }, (_, at) => {
    const [i, j] = [Math.floor(at / genes), at % genes];
    const products = rows.map((row) => (data[row * genes + i] - mean[i]) * (data[row * genes + j] - mean[j]));
    return products.reduce((sum, product) => sum + product, 0) / (rows.length - 1);
  });
  return { mean, covariance };
}

const { values, codes } = simulate(400);
const model = fitGaussianPca(toCsr(values), codes, genes, 0);

describe('Gaussian on principal components', () => {
  it('has the mean and covariance of each label where all components are kept', () => {
    const n = 6000;
    for (const label of [0, 1]) {
      const training = moments(
        values,
        [...codes.keys()].filter((cell) => codes[cell] === label),
      );
      const drawn = moments(drawGaussianPca(model, new Int32Array(n).fill(label), 1), [...Array(n).keys()]);
      drawn.mean.forEach((mean, i) => {
        const error = Math.sqrt(training.covariance[i * genes + i] / n);
        assert.ok(Math.abs(mean - training.mean[i]) < 5 * error, `mean ${mean} for ${training.mean[i]}`);
      });
      drawn.covariance.forEach((entry, at) => {
        const [i, j] = [Math.floor(at / genes), at % genes];
        const scale = Math.sqrt(training.covariance[i * genes + i] * training.covariance[j * genes + j]);
        assert.ok(Math.abs(entry - training.covariance[at]) < 5 * scale * Math.sqrt(2 / n), `entry ${at}`);
      });
    }
  });

  it('is clamped at zero', () => {
    const low = toCsr({ ...values, data: values.data.map((value) => Math.max(0, value - 20)) });
    const drawn = drawGaussianPca(fitGaussianPca(low, null, 2, 0), new Int32Array(200), 1);
    assert.ok(drawn.data.every((value) => value >= 0));
    assert.ok(drawn.data.some((value) => value === 0));
  });

  it('serves a label of one cell, by that cell', () => {
    const one = fitGaussianPca(
      toCsr(values),
      Int32Array.from(codes.keys(), (cell) => (cell === 7 ? 1 : 0)),
      genes,
      0,
    );
    const drawn = drawGaussianPca(one, [1], 3);
    drawn.data.forEach((value, gene) => {
      assert.ok(Math.abs(value - values.data[7 * genes + gene]) < 1e-3);
    });
  });

  it('gives a cell that depends on its seed, place and label alone', () => {
    const second = (labels: number[], seed: number) =>
      drawGaussianPca(model, labels, seed).data.slice(genes, 2 * genes);
    assert.deepEqual(second([0, 1], 4), second([1, 1, 0], 4));
    assert.notDeepEqual(second([0, 1], 4), second([0, 1], 5));
  });

  it('knows no label without training cells', () => {
    assert.throws(() => drawGaussianPca(model, [9], 0), DataError);
  });
});
