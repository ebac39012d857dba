import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { DataError } from '../../src/errors.js';
import type { CsrMatrix } from '../../src/io/anndata.js';
import { fitLogistic, predictLogistic } from '../../src/metrics/logistic.js';
import { cellsOf } from './cells-of.js';
import { assertAllClose } from './close.js';
import { reference } from './simulated-cells.js';

interface Fit {
  coefficients: number[];
  intercepts: number[];
  probabilities: number[];
}

const simulated = reference<{
  labels: number[];
  components: number[];
  counts: number[];
  types: number[];
  typed_cells: number[];
  logistic_components: Fit;
  logistic_counts: Fit;
  logistic_types: Fit;
}>('classifiers');

/** scikit-learn keeps classes x features, here it is features x outputs. */
function transposed(values: number[], outputs: number): number[] {
  const features = values.length / outputs;
  return values.map((_, i) => values[(i % outputs) * features + Math.floor(i / outputs)]);
}

function check(cells: CsrMatrix, codes: number[], classes: number, expected: Fit): void {
  const model = fitLogistic(cells, codes, classes);
  assertAllClose(model.weights, transposed(expected.coefficients, model.intercepts.length), 1e-4);
  // Softmax intercepts are free up to a common constant, which scikit-learn sums to zero as a start from zero does.
  assertAllClose(model.intercepts, expected.intercepts, 1e-4);
  const probabilities = predictLogistic(model, cells).slice(0, expected.probabilities.length);
  assertAllClose(probabilities, expected.probabilities, 1e-4);
}

describe('logistic regression', () => {
  it("has scikit-learn's coefficients on dense components, sparse counts and three classes", () => {
    check(cellsOf(simulated.components, 8), simulated.labels, 2, simulated.logistic_components);
    check(cellsOf(simulated.counts, 40), simulated.labels, 2, simulated.logistic_counts);
    check(cellsOf(simulated.typed_cells, 6), simulated.types, 3, simulated.logistic_types);
  });

  it('stays finite where the classes lie apart and a feature is constant', () => {
    const cells = cellsOf([100, 0.1, 101, 0.1, -100, 0.1, -101, 0.1], 2);
    const model = fitLogistic(cells, [1, 1, 0, 0], 2);
    assert.ok(Math.abs(model.weights[1]) < 1e-12);
    const probabilities = predictLogistic(model, cells);
    assert.ok(probabilities[1] > 0.6 && probabilities[5] < 0.4);
    assert.ok(probabilities.every((p) => p > 0 && p < 1));
  });

  it('needs two classes', () => {
    assert.throws(() => fitLogistic(cellsOf([1, 2], 1), [1, 1], 2), DataError);
  });
});
