import { toCsr } from '../counts/csr.js';
import { DataError } from '../errors.js';
import type { CsrMatrix, Matrix } from '../io/anndata.js';
import { minimise } from './lbfgs.js';

export interface LogisticModel {
  readonly classes: number;
  readonly features: number;
  /** features x outputs, row-major, for standardised features; one output (class 1) for two classes, else one a class. */
  readonly weights: Float64Array;
  /** One an output. */
  readonly intercepts: Float64Array;
  /** Mean and standard deviation (n) of each training feature; the deviation of a constant one is taken as 1. */
  readonly mean: Float64Array;
  readonly deviation: Float64Array;
}

/** The penalty alone curves the objective by 1, so that no weight is farther from the best than the gradient is long. */
const gradientTolerance = 1e-5;
const mostIterations = 1000;

/**
 * Logistic regression with an L2 penalty on standardised features: minimises sum over cells of -ln p(class of the cell)
 * + |weights|^2 / 2, intercepts free, by L-BFGS. It is scikit-learn's objective with C = 1 after StandardScaler; with more than two
 * classes the multinomial one. Zeros stay implicit: standardising costs nothing on sparse input.
 * Cost: 4 x non-zero values x outputs multiplications an iteration, mostly 30 to 300 iterations.
 * @param matrix training cells x features
 * @param codes class of each cell, in [0, classes)
 * @param classes at least 2
 * @throws DataError where all cells are of one class
 */
export function fitLogistic(matrix: Matrix, codes: ArrayLike<number>, classes: number): LogisticModel {
  const cells = toCsr(matrix);
  if (new Set(Array.from(codes)).size < 2) {
    throw new DataError(
      'logistic regression',
      `the ${cells.rows} training cells are not of two classes`,
      'Give cells of at least two classes',
    );
  }
  const { mean, deviation } = featureScales(cells);
  const outputs = classes === 2 ? 1 : classes;
  const size = cells.cols * outputs;
  const logits = new Float64Array(cells.rows * outputs);
  const found = minimise(
    (parameters, gradient) => {
      const weights = parameters.subarray(0, size);
      linearOutputs(cells, mean, deviation, weights, parameters.subarray(size), logits);
      const loss = lossAndResiduals(logits, codes, outputs);
      backProject(cells, mean, deviation, logits, gradient);
      let penalty = 0;
      for (let i = 0; i < size; i++) {
        gradient[i] += weights[i];
        penalty += weights[i] * weights[i];
      }
      return loss + penalty / 2;
    },
    new Float64Array(size + outputs),
    gradientTolerance,
    mostIterations,
  );
  return {
    classes,
    features: cells.cols,
    weights: found.slice(0, size),
    intercepts: found.slice(size),
    mean,
    deviation,
  };
}

/**
 * Class probabilities.
 * @param matrix cells x features
 * @returns cells x classes, row-major; rows sum to 1
 */
export function predictLogistic(model: LogisticModel, matrix: Matrix): Float64Array {
  const cells = toCsr(matrix);
  const { classes, intercepts } = model;
  const outputs = intercepts.length;
  const logits = new Float64Array(cells.rows * outputs);
  linearOutputs(cells, model.mean, model.deviation, model.weights, intercepts, logits);
  if (outputs > 1) {
    for (let base = 0; base < logits.length; base += outputs) softmax(logits.subarray(base, base + outputs));
    return logits;
  }
  const probabilities = new Float64Array(cells.rows * classes);
  logits.forEach((logit, cell) => {
    probabilities[2 * cell] = 1 / (1 + Math.exp(logit));
    probabilities[2 * cell + 1] = 1 / (1 + Math.exp(-logit));
  });
  return probabilities;
}

function featureScales({ rows, cols, indices, data }: CsrMatrix) {
  const mean = new Float64Array(cols);
  const deviation = new Float64Array(cols);
  const stored = new Int32Array(cols);
  for (let at = 0; at < indices.length; at++) mean[indices[at]] += data[at] / rows;
  for (let at = 0; at < indices.length; at++) {
    const feature = indices[at];
    stored[feature]++;
    deviation[feature] += (data[at] - mean[feature]) ** 2 / rows;
  }
  for (let feature = 0; feature < cols; feature++) {
    const zeros = rows - stored[feature];
    const root = Math.sqrt(deviation[feature] + (zeros / rows) * mean[feature] ** 2);
    // Rounding alone must not make a feature out of a constant.
    deviation[feature] = root > 1e-12 * Math.abs(mean[feature]) ? root : 1;
  }
  return { mean, deviation };
}

/** Standardised cells times weights, plus intercepts: cells x outputs. */
function linearOutputs(
  { rows, cols, indptr, indices, data }: CsrMatrix,
  mean: Float64Array,
  deviation: Float64Array,
  weights: Float64Array,
  intercepts: Float64Array,
  out: Float64Array,
): void {
  const outputs = intercepts.length;
  const scaled = new Float64Array(cols * outputs);
  const offset = intercepts.slice();
  for (let feature = 0, i = 0; feature < cols; feature++) {
    for (let k = 0; k < outputs; k++, i++) {
      scaled[i] = weights[i] / deviation[feature];
      offset[k] -= mean[feature] * scaled[i];
    }
  }
  if (outputs === 1) {
    for (let row = 0; row < rows; row++) {
      let sum = offset[0];
      for (let at = indptr[row]; at < indptr[row + 1]; at++) sum += data[at] * scaled[indices[at]];
      out[row] = sum;
    }
    return;
  }
  for (let row = 0, base = 0; row < rows; row++, base += outputs) {
    for (let k = 0; k < outputs; k++) out[base + k] = offset[k];
    for (let at = indptr[row]; at < indptr[row + 1]; at++) {
      const value = data[at];
      const from = indices[at] * outputs;
      for (let k = 0; k < outputs; k++) out[base + k] += value * scaled[from + k];
    }
  }
}

/** Turns logits into probabilities less the truth, in place; returns the sum of -ln p(truth). */
function lossAndResiduals(logits: Float64Array, codes: ArrayLike<number>, outputs: number): number {
  let loss = 0;
  for (let cell = 0, base = 0; base < logits.length; cell++, base += outputs) {
    if (outputs > 1) {
      const row = logits.subarray(base, base + outputs);
      const own = row[codes[cell]];
      loss += softmax(row) - own;
      row[codes[cell]] -= 1;
    } else {
      const logit = codes[cell] === 1 ? logits[base] : -logits[base];
      loss += Math.max(0, -logit) + Math.log1p(Math.exp(-Math.abs(logit)));
      logits[base] = 1 / (1 + Math.exp(-logits[base])) - (codes[cell] === 1 ? 1 : 0);
    }
  }
  return loss;
}

/** In place; returns the logarithm of the sum of exponentials. */
function softmax(row: Float64Array): number {
  let most = Number.NEGATIVE_INFINITY;
  for (const value of row) most = Math.max(most, value);
  let sum = 0;
  for (let k = 0; k < row.length; k++) sum += row[k] = Math.exp(row[k] - most);
  for (let k = 0; k < row.length; k++) row[k] /= sum;
  return most + Math.log(sum);
}

/** Gradient of the loss: standardised cells, transposed, times residuals; then the sums of residuals for the intercepts. */
function backProject(
  { rows, cols, indptr, indices, data }: CsrMatrix,
  mean: Float64Array,
  deviation: Float64Array,
  residuals: Float64Array,
  gradient: Float64Array,
): void {
  const outputs = residuals.length / rows;
  const sums = gradient.subarray(cols * outputs);
  gradient.fill(0);
  for (let row = 0, base = 0; row < rows; row++, base += outputs) {
    for (let k = 0; k < outputs; k++) sums[k] += residuals[base + k];
    if (outputs === 1) {
      const residual = residuals[row];
      for (let at = indptr[row]; at < indptr[row + 1]; at++) gradient[indices[at]] += data[at] * residual;
      continue;
    }
    for (let at = indptr[row]; at < indptr[row + 1]; at++) {
      const value = data[at];
      const to = indices[at] * outputs;
      for (let k = 0; k < outputs; k++) gradient[to + k] += value * residuals[base + k];
    }
  }
  for (let feature = 0, i = 0; feature < cols; feature++) {
    for (let k = 0; k < outputs; k++, i++)
      gradient[i] = (gradient[i] - mean[feature] * sums[k]) / deviation[feature];
  }
}
