import { stream } from '../src/random/stream.js';

/** Enough for the pictures: the components that matter there are well apart. */
const ITERATIONS = 100;

export interface Components {
  /** rows x count, row-major. */
  readonly scores: Float64Array;
  /** Share of the variance that each component holds. */
  readonly varianceShares: readonly number[];
}

/**
 * The first principal components of rows whose columns are standardised, by power iteration with deflation. A component's sign is such that
 * its largest loading is positive.
 * @param values rows x cols, row-major; left as they are
 */
export function leadingComponents(values: Float32Array, cols: number, count: number): Components {
  const rows = values.length / cols;
  const residual = standardised(values, cols);
  const total = dot(residual, residual);
  const scores = new Float64Array(rows * count);
  const varianceShares: number[] = [];
  for (let component = 0; component < count; component++) {
    const direction = leadingDirection(residual, cols, component);
    const along = times(residual, direction);
    varianceShares.push(dot(along, along) / total);
    along.forEach((score, row) => {
      scores[row * count + component] = score;
      for (let col = 0; col < cols; col++) residual[row * cols + col] -= score * direction[col];
    });
  }
  return { scores, varianceShares };
}

function leadingDirection(rows: Float64Array, cols: number, component: number): Float64Array {
  const random = stream(0, 'start of the power iteration', component);
  let direction = unit(Float64Array.from({ length: cols }, () => random.normal()));
  for (let i = 0; i < ITERATIONS; i++) direction = unit(transposedTimes(rows, times(rows, direction)));
  const largest = direction.reduce((most, x) => (Math.abs(x) > Math.abs(most) ? x : most), 0);
  return direction.map((x) => x * Math.sign(largest));
}

/** Mean 0 and variance 1 in every column; a constant column is zeros. */
function standardised(values: Float32Array, cols: number): Float64Array {
  const rows = values.length / cols;
  const means = new Float64Array(cols);
  const variances = new Float64Array(cols);
  values.forEach((value, at) => {
    means[at % cols] += value / rows;
  });
  values.forEach((value, at) => {
    variances[at % cols] += (value - means[at % cols]) ** 2 / rows;
  });
  const deviations = variances.map((variance) => Math.sqrt(variance) || 1);
  return Float64Array.from(values, (value, at) => (value - means[at % cols]) / deviations[at % cols]);
}

function times(rows: Float64Array, vector: Float64Array): Float64Array {
  const cols = vector.length;
  return Float64Array.from({ length: rows.length / cols }, (_, row) =>
    dot(rows.subarray(row * cols, (row + 1) * cols), vector),
  );
}

function transposedTimes(rows: Float64Array, vector: Float64Array): Float64Array {
  const cols = rows.length / vector.length;
  const result = new Float64Array(cols);
  rows.forEach((value, at) => {
    result[at % cols] += value * vector[Math.floor(at / cols)];
  });
  return result;
}

function dot(a: Float64Array, b: Float64Array): number {
  return a.reduce((sum, value, i) => sum + value * b[i], 0);
}

function unit(vector: Float64Array): Float64Array {
  const length = Math.sqrt(dot(vector, vector));
  return vector.map((value) => value / length);
}
