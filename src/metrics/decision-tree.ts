import type { Stream } from '../random/stream.js';
import type { SortedColumns } from './sorted-columns.js';

/** Nodes in depth-first order: the left child of a node is the next one. */
export interface DecisionTree {
  /** Per node: the feature asked; -1 for a leaf. */
  readonly feature: Int32Array;
  /** Per node: values up to it go left. */
  readonly threshold: Float64Array;
  /** Per node: its right child. */
  readonly right: Int32Array;
  /** nodes x classes, row-major: shares of the classes in a leaf. */
  readonly shares: Float32Array;
}

/** A column with fewer values than this many times the node's cells is walked along; else the node's own are sorted. */
const walkFactor = 16;
/** Up to this length insertion sort is the quickest. */
const shortList = 48;

/**
 * Grows one classification tree to pure leaves (CART: Breiman and others 1984; as scikit-learn's DecisionTreeClassifier).
 * A node asks, of `candidates` features drawn without replacement (more where all of these are constant), the split of
 * lowest weighted Gini impurity, halfway between two neighbouring values. One grower serves many trees: its arrays are reused.
 */
export class TreeGrower {
  readonly #columns: SortedColumns;
  readonly #codes: Int32Array;
  readonly #classes: number;
  readonly #candidates: number;
  readonly #features: Int32Array;
  /** Node that each cell is in while the tree grows. */
  readonly #owner: Int32Array;
  readonly #samples: Int32Array;
  readonly #ranked: Int32Array;
  readonly #total: Float64Array;
  readonly #left: Float64Array;
  readonly #right: Float64Array;
  readonly #zero: Float64Array;
  #weights: Int32Array = new Int32Array(0);
  #totalWeight = 0;
  #totalSquares = 0;
  #bestScore = 0;
  #bestFeature = -1;
  #bestThreshold = 0;

  /** @param codes class of each cell of `columns`, in [0, classes) for those that will be used */
  constructor(columns: SortedColumns, codes: Int32Array, classes: number, candidates: number) {
    this.#columns = columns;
    this.#codes = codes;
    this.#classes = classes;
    this.#candidates = candidates;
    this.#features = Int32Array.from({ length: columns.cols }, (_, feature) => feature);
    this.#owner = new Int32Array(columns.rows);
    this.#samples = new Int32Array(columns.rows);
    this.#ranked = new Int32Array(columns.rows);
    this.#total = new Float64Array(classes);
    this.#left = new Float64Array(classes);
    this.#right = new Float64Array(classes);
    this.#zero = new Float64Array(classes);
  }

  /**
   * @param weights how many times each cell of `columns` counts, mostly 0 for those left out
   * @param draws of the candidate features
   */
  grow(weights: Int32Array, draws: Stream): DecisionTree {
    this.#weights = weights;
    this.#owner.fill(-1);
    let used = 0;
    for (let cell = 0; cell < weights.length; cell++) if (weights[cell] > 0) this.#samples[used++] = cell;
    const nodes = new GrowingNodes(used, this.#classes);
    const pending = [0, used, -1];
    while (pending.length > 0) {
      const parent = pending.pop()!;
      const to = pending.pop()!;
      const from = pending.pop()!;
      const node = nodes.add(parent);
      this.#enter(node, from, to);
      if (this.#isPure() || !this.#findSplit(node, from, to, draws)) {
        nodes.endIn(node, this.#total, this.#totalWeight);
        continue;
      }
      nodes.splitAt(node, this.#bestFeature, this.#bestThreshold);
      const middle = this.#partition(from, to);
      pending.push(middle, to, node, from, middle, -1);
    }
    return nodes.finish();
  }

  #enter(node: number, from: number, to: number): void {
    this.#total.fill(0);
    for (let i = from; i < to; i++) {
      const cell = this.#samples[i];
      this.#owner[cell] = node;
      this.#total[this.#codes[cell]] += this.#weights[cell];
    }
    this.#totalWeight = 0;
    this.#totalSquares = 0;
    for (const count of this.#total) {
      this.#totalWeight += count;
      this.#totalSquares += count * count;
    }
  }

  #isPure(): boolean {
    return this.#totalSquares === this.#totalWeight * this.#totalWeight;
  }

  #findSplit(node: number, from: number, to: number, draws: Stream): boolean {
    const features = this.#features;
    this.#bestScore = -1;
    for (let drawn = 0; drawn < features.length; drawn++) {
      if (drawn >= this.#candidates && this.#bestScore >= 0) break;
      const other = drawn + draws.integer(features.length - drawn);
      const feature = features[other];
      features[other] = features[drawn];
      features[drawn] = feature;
      const found = this.#rankNonZero(feature, node, from, to);
      if (found > 0) this.#scan(feature, found, to - from > found);
    }
    return this.#bestScore >= 0;
  }

  /** Writes the places of the node's non-zero values within the feature's column, ascending; returns how many. */
  #rankNonZero(feature: number, node: number, from: number, to: number): number {
    const { start, cells, rank, rows } = this.#columns;
    const ranked = this.#ranked;
    const first = start[feature];
    const stored = start[feature + 1] - first;
    let found = 0;
    if (stored < walkFactor * (to - from)) {
      const owner = this.#owner;
      for (let place = 0; place < stored; place++) {
        ranked[found] = place;
        found += owner[cells[first + place]] === node ? 1 : 0;
      }
      return found;
    }
    const samples = this.#samples;
    const base = feature * rows;
    for (let i = from; i < to; i++) {
      const place = rank[base + samples[i]];
      if (place >= 0) ranked[found++] = place;
    }
    sortAscending(ranked, found);
    return found;
  }

  /**
   * Tries every boundary between two values of one feature. With L and R the weights of both sides, lowest impurity is
   * highest sum over classes of left^2 / L + right^2 / R, whose squares change by one term as a cell crosses over.
   */
  #scan(feature: number, found: number, hasZeros: boolean): void {
    const { start, cells, values, negatives } = this.#columns;
    const [codes, weights, ranked, left, right] = [
      this.#codes,
      this.#weights,
      this.#ranked,
      this.#left,
      this.#right,
    ];
    const first = start[feature];
    const total = this.#totalWeight;
    if (hasZeros) this.#countZeros(first, found);
    left.fill(0);
    right.set(this.#total);
    let leftWeight = 0;
    let leftSquares = 0;
    let rightSquares = this.#totalSquares;
    let previous = Number.NEGATIVE_INFINITY;
    let zerosAhead = hasZeros;
    for (let i = 0; i <= found; i++) {
      const zerosNext = zerosAhead && (i === found || ranked[i] >= negatives[feature]);
      if (i === found && !zerosNext) break;
      const value = zerosNext ? 0 : values[first + ranked[i]];
      if (value > previous && leftWeight > 0) {
        const score = leftSquares / leftWeight + rightSquares / (total - leftWeight);
        if (score > this.#bestScore) {
          this.#bestScore = score;
          this.#bestFeature = feature;
          this.#bestThreshold = (previous + value) / 2;
        }
      }
      previous = value;
      if (zerosNext) {
        zerosAhead = false;
        i--;
        for (let k = 0; k < left.length; k++) {
          const weight = this.#zero[k];
          leftSquares += weight * (2 * left[k] + weight);
          rightSquares -= weight * (2 * right[k] - weight);
          left[k] += weight;
          right[k] -= weight;
          leftWeight += weight;
        }
        continue;
      }
      const cell = cells[first + ranked[i]];
      const weight = weights[cell];
      const k = codes[cell];
      leftSquares += weight * (2 * left[k] + weight);
      rightSquares -= weight * (2 * right[k] - weight);
      left[k] += weight;
      right[k] -= weight;
      leftWeight += weight;
    }
  }

  /** Class weights of the node's cells that have no value in the column: all, less those that have. */
  #countZeros(first: number, found: number): void {
    const zero = this.#zero;
    const cells = this.#columns.cells;
    zero.set(this.#total);
    for (let i = 0; i < found; i++) {
      const cell = cells[first + this.#ranked[i]];
      zero[this.#codes[cell]] -= this.#weights[cell];
    }
  }

  /** Puts the cells that go left first; returns where the others begin. */
  #partition(from: number, to: number): number {
    const { start, values, rank, rows } = this.#columns;
    const samples = this.#samples;
    const base = this.#bestFeature * rows;
    const first = start[this.#bestFeature];
    let [low, high] = [from, to];
    while (low < high) {
      const cell = samples[low];
      const place = rank[base + cell];
      const value = place < 0 ? 0 : values[first + place];
      if (value <= this.#bestThreshold) low++;
      else {
        samples[low] = samples[--high];
        samples[high] = cell;
      }
    }
    return low;
  }
}

/** Room for the nodes of one tree: at most 2 cells - 1. */
class GrowingNodes {
  readonly #classes: number;
  readonly #feature: Int32Array;
  readonly #threshold: Float64Array;
  readonly #right: Int32Array;
  readonly #shares: Float32Array;
  #count = 0;

  constructor(cells: number, classes: number) {
    const most = Math.max(1, 2 * cells - 1);
    this.#classes = classes;
    this.#feature = new Int32Array(most).fill(-1);
    this.#threshold = new Float64Array(most);
    this.#right = new Int32Array(most);
    this.#shares = new Float32Array(most * classes);
  }

  /** @param rightOf the node whose right child this is; -1 for the root and left children */
  add(rightOf: number): number {
    if (rightOf >= 0) this.#right[rightOf] = this.#count;
    return this.#count++;
  }

  splitAt(node: number, feature: number, threshold: number): void {
    this.#feature[node] = feature;
    this.#threshold[node] = threshold;
  }

  endIn(node: number, counts: Float64Array, total: number): void {
    for (let k = 0; k < this.#classes; k++) this.#shares[node * this.#classes + k] = counts[k] / total;
  }

  finish(): DecisionTree {
    return {
      feature: this.#feature.slice(0, this.#count),
      threshold: this.#threshold.slice(0, this.#count),
      right: this.#right.slice(0, this.#count),
      shares: this.#shares.slice(0, this.#count * this.#classes),
    };
  }
}

function sortAscending(list: Int32Array, length: number): void {
  if (length > shortList) {
    list.subarray(0, length).sort();
    return;
  }
  for (let i = 1; i < length; i++) {
    const item = list[i];
    let at = i;
    for (; at > 0 && list[at - 1] > item; at--) list[at] = list[at - 1];
    list[at] = item;
  }
}
