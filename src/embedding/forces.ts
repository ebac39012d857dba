import type { Affinities } from './affinities.js';
import { allocateQuadtree, buildQuadtree, type Quadtree } from './quadtree.js';
import { sharedFloat64, sharedInt32 } from './shared-arrays.js';

/** What the threads that compute forces share. Every point's forces have their own place, whoever computes them. */
export interface ForceField {
  readonly affinities: Affinities;
  readonly tree: Quadtree;
  /** cells x 2, row-major. */
  readonly coordinates: Float64Array;
  /** cells x 2: sum over j of p_ij q_ij (y_i - y_j), with q_ij = 1 / (1 + |y_i - y_j|^2). */
  readonly attraction: Float64Array;
  /** cells x 2: sum over j of q_ij^2 (y_i - y_j). */
  readonly repulsion: Float64Array;
  /** Sum over j of q_ij for the point at each place of the tree. */
  readonly kernelSums: Float64Array;
  /** [the next block that nobody has taken] */
  readonly nextBlock: Int32Array;
}

/** Points that a thread takes at a time, neighbours in the tree. */
const blockSize = 128;

export function allocateForceField(affinities: Affinities): ForceField {
  const { cells } = affinities;
  return {
    affinities,
    tree: allocateQuadtree(cells),
    coordinates: sharedFloat64(2 * cells),
    attraction: sharedFloat64(2 * cells),
    repulsion: sharedFloat64(2 * cells),
    kernelSums: sharedFloat64(cells),
    nextBlock: sharedInt32(1),
  };
}

/** Makes the field ready for `computeForces` at the coordinates that are in it. */
export function beginForces(field: ForceField): void {
  buildQuadtree(field.tree, field.coordinates);
  field.nextBlock[0] = 0;
}

/**
 * Computes forces, block by block, until none is left; any number of threads may do so at once.
 * @param angle a cell of the tree stands for its points where width / distance is less; 0 is exact, at most 0.7
 */
export function computeForces(field: ForceField, angle: number): void {
  const { cells } = field.affinities;
  for (;;) {
    const start = blockSize * Atomics.add(field.nextBlock, 0, 1);
    if (start >= cells) return;
    const end = Math.min(start + blockSize, cells);
    attract(field, start, end);
    repel(field, start, end, angle * angle);
  }
}

/** Sum of q_ij over all pairs i != j, in a fixed order. */
export function normalisation(field: ForceField): number {
  let sum = 0;
  for (let place = 0; place < field.kernelSums.length; place++) sum += field.kernelSums[place];
  return sum;
}

function attract(field: ForceField, start: number, end: number): void {
  const { coordinates, attraction } = field;
  const { indptr, indices, values } = field.affinities;
  const { order } = field.tree;
  for (let place = start; place < end; place++) {
    const i = order[place];
    const x = coordinates[2 * i];
    const y = coordinates[2 * i + 1];
    let forceX = 0;
    let forceY = 0;
    const last = indptr[i + 1];
    for (let k = indptr[i]; k < last; k++) {
      const j = indices[k];
      const dx = x - coordinates[2 * j];
      const dy = y - coordinates[2 * j + 1];
      const pull = values[k] / (1 + dx * dx + dy * dy);
      forceX += pull * dx;
      forceY += pull * dy;
    }
    attraction[2 * i] = forceX;
    attraction[2 * i + 1] = forceY;
  }
}

/** Barnes and Hut (1986), as in van der Maaten (2014): far cells of the tree act as one point at their centre of mass. */
function repel(field: ForceField, start: number, end: number, squaredAngle: number): void {
  const { kernelSums, repulsion } = field;
  const { order, placed, nodes, links, size } = field.tree;
  const nodeCount = size[0];
  for (let place = start; place < end; place++) {
    const x = placed[2 * place];
    const y = placed[2 * place + 1];
    let forceX = 0;
    let forceY = 0;
    let kernelSum = 0;
    for (let node = 0; node < nodeCount; ) {
      const dx = x - nodes[4 * node];
      const dy = y - nodes[4 * node + 1];
      const squared = dx * dx + dy * dy;
      if (nodes[4 * node + 2] < squaredAngle * squared) {
        const q = 1 / (1 + squared);
        const mass = nodes[4 * node + 3];
        kernelSum += mass * q;
        const push = mass * q * q;
        forceX += push * dx;
        forceY += push * dy;
        node = links[2 * node];
        continue;
      }
      const first = links[2 * node + 1];
      if (first < 0) {
        node++;
        continue;
      }
      const last = first + nodes[4 * node + 3];
      for (let other = first; other < last; other++) {
        const toX = x - placed[2 * other];
        const toY = y - placed[2 * other + 1];
        const q = 1 / (1 + toX * toX + toY * toY);
        kernelSum += q;
        const push = q * q;
        forceX += push * toX;
        forceY += push * toY;
      }
      node = links[2 * node];
    }
    const i = order[place];
    repulsion[2 * i] = forceX;
    repulsion[2 * i + 1] = forceY;
    // The point met itself once: no force, but a kernel of 1.
    kernelSums[place] = kernelSum - 1;
  }
}
