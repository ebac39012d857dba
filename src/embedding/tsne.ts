import { setImmediate } from 'node:timers/promises';
import { OptionError } from '../errors.js';
import { stream } from '../random/stream.js';
import type { Affinities } from './affinities.js';
import { ForceThreads } from './force-threads.js';
import { allocateForceField, type ForceField, normalisation } from './forces.js';

export interface TsneOptions {
  /** Gradient steps, 1,000 by default. */
  readonly iterations?: number;
  /** Step length, for gradients without their factor of 4; n / 12 by default, at least 200 (Belkina and others 2019). */
  readonly learningRate?: number;
  /** Of the tiny jitter that parts cells which start at the same place. */
  readonly seed?: number;
  /** Threads, 1 by default; the result does not depend on it. */
  readonly threads?: number;
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: EmbeddingProgress) => void;
}

export interface EmbeddingProgress {
  readonly step: number;
  readonly steps: number;
}

const angle = 0.5;
const exaggeration = 12;
const exaggeratedSteps = 250;
const slowMomentum = 0.5;
const momentum = 0.8;
const gainUp = 0.2;
const gainDown = 0.8;
const leastGain = 0.01;
const startDeviation = 1e-4;
const jitter = 0.01;
const leastLearningRate = 200;
/** A step on fewer cells is over before another thread has heard of it. */
const leastCellsPerThread = 500;

/**
 * Barnes-Hut t-SNE in two dimensions (van der Maaten 2014): angle 0.5, early exaggeration 12 for 250 steps,
 * momentum 0.5 then 0.8, gains as in Jacobs (1988). About n log n a step.
 * @param start cells x 2, row-major: where the cells begin, such as two principal components; scaled to a deviation of 1e-4
 * @returns cells x 2, row-major
 * @throws OptionError for numbers out of range; the signal's reason when it aborts
 */
export async function tsne(
  affinities: Affinities,
  start: ArrayLike<number>,
  options: TsneOptions = {},
): Promise<Float32Array> {
  const { cells } = affinities;
  const { iterations = 1000, learningRate = Math.max(leastLearningRate, cells / exaggeration) } = options;
  const { seed = 0, threads = 1, signal, onProgress } = options;
  requirePositive('iterations', iterations);
  requirePositive('learningRate', learningRate);
  const field = allocateForceField(affinities);
  placeAtStart(field.coordinates, start, seed);
  const descent = new Descent(field, learningRate);
  const busy = Math.max(1, Math.min(threads, Math.floor(cells / leastCellsPerThread)));
  const forces = new ForceThreads(field, angle, busy);
  try {
    for (let step = 0; step < iterations; step++) {
      // The thread is ours otherwise: an interruption is only heard here.
      await setImmediate();
      signal?.throwIfAborted();
      await forces.compute();
      descent.step(step);
      onProgress?.({ step: step + 1, steps: iterations });
    }
  } finally {
    await forces.close();
  }
  return Float32Array.from(field.coordinates);
}

/** Gradient descent with momentum and a gain for every coordinate. */
class Descent {
  readonly #field: ForceField;
  readonly #learningRate: number;
  readonly #velocity: Float64Array;
  readonly #gains: Float64Array;

  constructor(field: ForceField, learningRate: number) {
    this.#field = field;
    this.#learningRate = learningRate;
    this.#velocity = new Float64Array(field.coordinates.length);
    this.#gains = new Float64Array(field.coordinates.length).fill(1);
  }

  step(step: number): void {
    const isEarly = step < exaggeratedSteps;
    const { coordinates } = this.#field;
    const [velocity, gains] = [this.#velocity, this.#gains];
    const inertia = isEarly ? slowMomentum : momentum;
    const gradient = klGradient(this.#field, isEarly ? exaggeration : 1);
    for (let i = 0; i < coordinates.length; i++) {
      const onward = gradient[i] * velocity[i] < 0;
      gains[i] = onward ? gains[i] + gainUp : Math.max(leastGain, gains[i] * gainDown);
      velocity[i] = inertia * velocity[i] - this.#learningRate * gains[i] * gradient[i];
      coordinates[i] += velocity[i];
    }
    centre(coordinates);
  }
}

/**
 * A quarter of the gradient of KL(P || Q) (van der Maaten 2014, eq. 8) from the forces in the field.
 * @returns cells x 2, row-major
 */
export function klGradient(field: ForceField, exaggeration: number): Float64Array {
  const { attraction, repulsion } = field;
  const inverse = 1 / normalisation(field);
  const gradient = new Float64Array(attraction.length);
  for (let i = 0; i < gradient.length; i++) {
    gradient[i] = exaggeration * attraction[i] - repulsion[i] * inverse;
  }
  return gradient;
}

function placeAtStart(coordinates: Float64Array, start: ArrayLike<number>, seed: number): void {
  const random = stream(seed, 'jitter of the start of t-SNE');
  const cells = coordinates.length / 2;
  let mean = 0;
  let square = 0;
  for (let i = 0; i < cells; i++) {
    mean += start[2 * i] / cells;
    square += start[2 * i] ** 2 / cells;
  }
  const deviation = Math.sqrt(Math.max(0, square - mean * mean));
  const scale = deviation > 0 ? startDeviation / deviation : 0;
  for (let i = 0; i < coordinates.length; i++) {
    coordinates[i] = start[i] * scale + jitter * startDeviation * random.normal();
  }
  centre(coordinates);
}

function centre(coordinates: Float64Array): void {
  const cells = coordinates.length / 2;
  let [x, y] = [0, 0];
  for (let i = 0; i < coordinates.length; i += 2) {
    x += coordinates[i];
    y += coordinates[i + 1];
  }
  for (let i = 0; i < coordinates.length; i += 2) {
    coordinates[i] -= x / cells;
    coordinates[i + 1] -= y / cells;
  }
}

function requirePositive(option: string, value: number): void {
  if (value > 0 && value < Infinity) return;
  throw new OptionError(option, `${value} is not a number above 0`, 'Correct it, or leave it out');
}
