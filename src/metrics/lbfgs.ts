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
  const steps: Float64Array[] = [];
  const changes: Float64Array[] = [];
  for (let iteration = 0; iteration < mostIterations && largest(gradient) > tolerance; iteration++) {
    const direction = descentDirection(gradient, steps, changes);
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
    if (steps.length === memory) {
      steps.shift();
      changes.shift();
    }
    steps.push(candidate.map((x, i) => x - at[i]));
    changes.push(candidateGradient.map((g, i) => g - gradient[i]));
    [at, candidate] = [candidate, at];
    [gradient, candidateGradient] = [candidateGradient, gradient];
    value = candidateValue;
  }
  return at;
}

/** Minus the approximate inverse Hessian times the gradient: the two-loop recursion (Nocedal 1980). */
function descentDirection(
  gradient: Float64Array,
  steps: Float64Array[],
  changes: Float64Array[],
): Float64Array {
  const direction = gradient.map((g) => -g);
  const shares: number[] = [];
  for (let j = steps.length - 1; j >= 0; j--) {
    shares[j] = dot(steps[j], direction) / dot(steps[j], changes[j]);
    addScaled(direction, -shares[j], changes[j]);
  }
  const last = steps.length - 1;
  if (last >= 0) {
    const scale = dot(steps[last], changes[last]) / dot(changes[last], changes[last]);
    for (let i = 0; i < direction.length; i++) direction[i] *= scale;
  }
  for (let j = 0; j < steps.length; j++) {
    addScaled(direction, shares[j] - dot(changes[j], direction) / dot(steps[j], changes[j]), steps[j]);
  }
  return direction;
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i] * b[i];
  return sum;
}

function addScaled(to: Float64Array, factor: number, other: Float64Array): void {
  for (let i = 0; i < to.length; i++) to[i] += factor * other[i];
}

function largest(values: Float64Array): number {
  let most = 0;
  for (const value of values) most = Math.max(most, Math.abs(value));
  return most;
}
