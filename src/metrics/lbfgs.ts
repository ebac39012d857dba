/** Writes the gradient at `at` into `gradient` and returns the value. */
export type Objective = (at: Float64Array, gradient: Float64Array) => number;

/** Pairs of steps and gradient changes remembered. */
const memory = 10;
const sufficientDecrease = 1e-4;
const curvature = 0.9;
const mostSearchSteps = 40;

/**
 * Minimum of a smooth function by limited-memory BFGS (Liu and Nocedal 1989), with steps that meet the weak Wolfe conditions,
 * found by doubling and halving (Lewis and Overton 2013).
 * Cost: one to a few evaluations, and 40 multiplications a variable, an iteration.
 * @param start left as it is
 * @param tolerance ends where no partial derivative exceeds it
 * @returns the best point after convergence, after `mostIterations`, or where rounding stops all progress
 */
export function minimise(
  objective: Objective,
  start: Float64Array,
  tolerance: number,
  mostIterations: number,
): Float64Array {
  const size = start.length;
  let at = start.slice();
  let gradient = new Float64Array(size);
  let value = objective(at, gradient);
  let candidate = new Float64Array(size);
  let candidateGradient = new Float64Array(size);
  const pairs: Pair[] = [];
  for (let iteration = 0; iteration < mostIterations && largest(gradient) > tolerance; iteration++) {
    const direction = descentDirection(gradient, pairs);
    const slope = dot(gradient, direction);
    let length = iteration === 0 ? 1 / Math.sqrt(dot(gradient, gradient)) : 1;
    let [shortest, longest] = [0, Number.POSITIVE_INFINITY];
    let candidateValue = value;
    let accepted = false;
    for (let tries = 0; tries < mostSearchSteps && !accepted; tries++) {
      for (let i = 0; i < size; i++) candidate[i] = at[i] + length * direction[i];
      candidateValue = objective(candidate, candidateGradient);
      if (!(candidateValue <= value + sufficientDecrease * length * slope)) longest = length;
      else if (dot(candidateGradient, direction) < curvature * slope) shortest = length;
      else accepted = true;
      if (!accepted) length = longest < Number.POSITIVE_INFINITY ? (shortest + longest) / 2 : 2 * length;
    }
    if (!accepted) break;
    if (pairs.length === memory) pairs.shift();
    const step = difference(candidate, at);
    const change = difference(candidateGradient, gradient);
    pairs.push({ step, change, product: dot(step, change) });
    [at, candidate] = [candidate, at];
    [gradient, candidateGradient] = [candidateGradient, gradient];
    value = candidateValue;
  }
  return at;
}

/** A step, how the gradient changed over it, and their inner product. */
interface Pair {
  readonly step: Float64Array;
  readonly change: Float64Array;
  readonly product: number;
}

/** Minus the approximate inverse Hessian times the gradient: the two-loop recursion (Nocedal 1980). */
function descentDirection(gradient: Float64Array, pairs: readonly Pair[]): Float64Array {
  const direction = gradient.map((g) => -g);
  const shares: number[] = [];
  for (let j = pairs.length - 1; j >= 0; j--) {
    const { step, change, product } = pairs[j];
    shares[j] = dot(step, direction) / product;
    addScaled(direction, -shares[j], change);
  }
  const last = pairs.at(-1);
  if (last !== undefined) {
    const scale = last.product / dot(last.change, last.change);
    for (let i = 0; i < direction.length; i++) direction[i] *= scale;
  }
  pairs.forEach(({ step, change, product }, j) => {
    addScaled(direction, shares[j] - dot(change, direction) / product, step);
  });
  return direction;
}

function difference(a: Float64Array, b: Float64Array): Float64Array {
  const result = new Float64Array(a.length);
  for (let i = 0; i < a.length; i++) result[i] = a[i] - b[i];
  return result;
}

/** In four sums: one alone would wait for each of its additions. */
function dot(a: Float64Array, b: Float64Array): number {
  let [s0, s1, s2, s3] = [0, 0, 0, 0];
  const fours = a.length - (a.length % 4);
  for (let i = 0; i < fours; i += 4) {
    s0 += a[i] * b[i];
    s1 += a[i + 1] * b[i + 1];
    s2 += a[i + 2] * b[i + 2];
    s3 += a[i + 3] * b[i + 3];
  }
  for (let i = fours; i < a.length; i++) s0 += a[i] * b[i];
  return s0 + s1 + (s2 + s3);
}

function addScaled(to: Float64Array, factor: number, other: Float64Array): void {
  for (let i = 0; i < to.length; i++) to[i] += factor * other[i];
}

function largest(values: Float64Array): number {
  let most = 0;
  for (const value of values) most = Math.max(most, Math.abs(value));
  return most;
}
