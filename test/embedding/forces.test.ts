import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Affinities, affinities } from '../../src/embedding/affinities.js';
import { allocateForceField, beginForces, computeForces } from '../../src/embedding/forces.js';
import { klGradient } from '../../src/embedding/tsne.js';
import { nearestNeighbours } from '../../src/metrics/neighbours.js';
import { stream } from '../../src/random/stream.js';
import { clusters } from './clusters.js';

const affinitiesOf = (cells: number) => affinities(nearestNeighbours(clusters(cells, 3, 4), 16), 5);

function place(cells: number): Float64Array {
  const random = stream(2, 'place');
  return Float64Array.from({ length: 2 * cells }, () => 5 * random.normal());
}

function gradientAt(p: Affinities, coordinates: Float64Array, angle: number): Float64Array {
  const field = allocateForceField(p);
  field.coordinates.set(coordinates);
  beginForces(field);
  computeForces(field, angle);
  return klGradient(field, 1);
}

/** KL(P || Q), all pairs. */
function objective({ cells, indptr, indices, values }: Affinities, y: Float64Array): number {
  const q = (i: number, j: number) =>
    1 / (1 + (y[2 * i] - y[2 * j]) ** 2 + (y[2 * i + 1] - y[2 * j + 1]) ** 2);
  let total = 0;
  for (let i = 0; i < cells; i++) for (let j = 0; j < cells; j++) if (i !== j) total += q(i, j);
  let sum = 0;
  for (let i = 0; i < cells; i++) {
    for (let k = indptr[i]; k < indptr[i + 1]; k++) {
      if (values[k] > 0) sum += values[k] * Math.log((values[k] * total) / q(i, indices[k]));
    }
  }
  return sum;
}

test('with angle 0 the forces are a quarter of the gradient of the divergence', () => {
  const p = affinitiesOf(40);
  const y = place(40);
  // Two points in one place, and a row of them, as trees find them hardest.
  y.set([y[0], y[1]], 2);
  for (let i = 10; i < 25; i++) y.set([0.25 * i, 1], 2 * i);
  const gradient = gradientAt(p, y, 0);
  const step = 1e-5;
  for (let i = 0; i < y.length; i++) {
    const moved = (by: number) =>
      objective(
        p,
        y.map((value, at) => (at === i ? value + by : value)),
      );
    const slope = (moved(step) - moved(-step)) / (2 * step);
    assert.ok(Math.abs(4 * gradient[i] - slope) < 1e-7, `${i}: ${4 * gradient[i]} and ${slope}`);
  }
});

test('with angle 0.5 they are near it', () => {
  const p = affinitiesOf(2000);
  const y = place(2000);
  const exact = gradientAt(p, y, 0);
  const near = gradientAt(p, y, 0.5);
  const norm = (values: Float64Array) => Math.hypot(...values);
  const error = norm(near.map((value, i) => value - exact[i])) / norm(exact);
  assert.ok(error > 0 && error < 0.02, String(error));
});

test('points that are all in one place push nobody', () => {
  const gradient = gradientAt(affinitiesOf(40), new Float64Array(80).fill(2), 0.5);
  assert.deepEqual(gradient, new Float64Array(80));
});
