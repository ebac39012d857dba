import { sharedFloat64, sharedInt32 } from './shared-arrays.js';

/**
 * A quadtree over points of the plane, flat: nodes in depth-first order, each with the place of the node after its
 * subtree, so that a walk needs no stack. Points lie in the order of the tree (Morton's, 1966), those of a node side by side.
 * Chains of nodes with a single child are left out, hence fewer than 2n nodes.
 */
export interface Quadtree {
  /** The point at each place of the tree's order. */
  readonly order: Int32Array;
  /** n x 2, row-major: coordinates in the tree's order. */
  readonly placed: Float64Array;
  /** nodes x 4: centre of mass x and y, squared width of the cell, number of points. */
  readonly nodes: Float64Array;
  /** nodes x 2: the node after the subtree; the first place of a leaf's points, -1 for an inner node. */
  readonly links: Int32Array;
  /** [number of nodes] */
  readonly size: Int32Array;
}

/** Points of a leaf are met one by one: a few of them cost less than the nodes that would part them. */
const mostInLeaf = 16;
/** Halvings of each side; points that share a cell this small (side / 65,536) stay in one leaf, however many. */
const levels = 16;
const cellsPerSide = 2 ** levels;

/** Room for the tree of `points` points, in shared memory. */
export function allocateQuadtree(points: number): Quadtree {
  return {
    order: sharedInt32(points),
    placed: sharedFloat64(2 * points),
    nodes: sharedFloat64(8 * points),
    links: sharedInt32(4 * points),
    size: sharedInt32(1),
  };
}

/**
 * Builds the tree anew.
 * @param coordinates n x 2, row-major
 */
export function buildQuadtree(tree: Quadtree, coordinates: Float64Array): void {
  const points = tree.order.length;
  const { left, bottom, side } = boundingSquare(coordinates);
  const scale = side > 0 ? cellsPerSide / side : 0;
  const keys = new Float64Array(points);
  for (let i = 0; i < points; i++) {
    const column = Math.min(cellsPerSide - 1, Math.floor((coordinates[2 * i] - left) * scale));
    const row = Math.min(cellsPerSide - 1, Math.floor((coordinates[2 * i + 1] - bottom) * scale));
    // Code and point in one number below 2^53, so that one plain sort orders both.
    keys[i] = mortonCode(column, row) * points + i;
  }
  keys.sort();
  const codes = new Uint32Array(points);
  for (let place = 0; place < points; place++) {
    codes[place] = Math.floor(keys[place] / points);
    const point = keys[place] - codes[place] * points;
    tree.order[place] = point;
    tree.placed[2 * place] = coordinates[2 * point];
    tree.placed[2 * place + 1] = coordinates[2 * point + 1];
  }
  tree.size[0] = addNode(tree, codes, side, 0, points, 0);
}

/** Adds the subtree of the points from `start` to `end` as node `node`; returns the node after it. */
function addNode(
  tree: Quadtree,
  codes: Uint32Array,
  side: number,
  start: number,
  end: number,
  node: number,
): number {
  const { nodes, links } = tree;
  // The smallest cell that holds all of them: as deep as their codes agree.
  const level = Math.clz32(codes[start] ^ codes[end - 1]) >>> 1;
  const width = side / 2 ** level;
  let next = node + 1;
  let sumX = 0;
  let sumY = 0;
  const isLeaf = end - start <= mostInLeaf || level === levels;
  if (isLeaf) {
    for (let place = start; place < end; place++) {
      sumX += tree.placed[2 * place];
      sumY += tree.placed[2 * place + 1];
    }
  } else {
    const shift = 2 * (levels - 1 - level);
    for (let from = start; from < end; ) {
      const quadrant = codes[from] >>> shift;
      let to = from + 1;
      while (to < end && codes[to] >>> shift === quadrant) to++;
      const child = next;
      next = addNode(tree, codes, side, from, to, child);
      const mass = to - from;
      sumX += nodes[4 * child] * mass;
      sumY += nodes[4 * child + 1] * mass;
      from = to;
    }
  }
  const mass = end - start;
  nodes[4 * node] = sumX / mass;
  nodes[4 * node + 1] = sumY / mass;
  nodes[4 * node + 2] = width * width;
  nodes[4 * node + 3] = mass;
  links[2 * node] = next;
  links[2 * node + 1] = isLeaf ? start : -1;
  return next;
}

function boundingSquare(coordinates: Float64Array): { left: number; bottom: number; side: number } {
  let [left, right, bottom, top] = [Infinity, -Infinity, Infinity, -Infinity];
  for (let i = 0; i < coordinates.length; i += 2) {
    left = Math.min(left, coordinates[i]);
    right = Math.max(right, coordinates[i]);
    bottom = Math.min(bottom, coordinates[i + 1]);
    top = Math.max(top, coordinates[i + 1]);
  }
  return { left, bottom, side: Math.max(right - left, top - bottom) };
}

/** The bits of two 16-bit numbers in turn, as an unsigned 32-bit number. */
const mortonCode = (column: number, row: number): number => (spread(column) | (spread(row) << 1)) >>> 0;

function spread(bits: number): number {
  let x = (bits | (bits << 8)) & 0x00ff00ff;
  x = (x | (x << 4)) & 0x0f0f0f0f;
  x = (x | (x << 2)) & 0x33333333;
  return (x | (x << 1)) & 0x55555555;
}
