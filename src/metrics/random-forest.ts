import { denseRows, toCsr } from '../counts/csr.js';
import { DataError } from '../errors.js';
import type { Matrix } from '../io/anndata.js';
import { stream } from '../random/stream.js';
import { type DecisionTree, TreeGrower } from './decision-tree.js';
import type { SortedColumns } from './sorted-columns.js';

export interface RandomForest {
  readonly classes: number;
  readonly features: number;
  readonly trees: readonly DecisionTree[];
}

/**
 * Random forest classifier (Breiman 2001), as scikit-learn's RandomForestClassifier is by default: Gini impurity,
 * floor(sqrt(features)) features tried at a split, trees grown until their leaves are pure, each on a bootstrap sample.
 * Tree t draws from its own stream: a forest of more trees begins with those of a smaller one.
 *
 * Cost: trees x depth x cells x sqrt(features) steps, where only non-zero values count; leaves take trees x cells x classes x 8 bytes.
 * @param columns of all cells; those not in `rows` are left out
 * @param codes class of each cell of `columns`
 * @param rows the training cells, with codes in [0, classes)
 * @throws DataError without training cells or features
 */
export function fitForest(
  columns: SortedColumns,
  codes: Int32Array,
  classes: number,
  rows: Int32Array,
  trees: number,
  seed: number,
): RandomForest {
  if (rows.length === 0 || columns.cols === 0) {
    throw new DataError(
      'random forest',
      `there are ${rows.length} training cells and ${columns.cols} features`,
      'Give at least one of each',
    );
  }
  const grower = new TreeGrower(columns, codes, classes, Math.floor(Math.sqrt(columns.cols)));
  const weights = new Int32Array(columns.rows);
  const grown = Array.from({ length: trees }, (_, tree) => {
    const draws = stream(seed, 'forest', tree);
    weights.fill(0);
    for (let i = 0; i < rows.length; i++) weights[rows[draws.integer(rows.length)]]++;
    return grower.grow(weights, draws);
  });
  return { classes, features: columns.cols, trees: grown };
}

/**
 * Class probabilities: the mean over the trees of the class shares in the cell's leaf.
 * Cost: cells x trees x depth.
 * @param matrix cells x features; rounded to float32 as in training
 * @param rows the cells asked for; all where it is left out
 * @returns cells x classes, row-major; rows sum to 1
 */
export function predictForest(forest: RandomForest, matrix: Matrix, rows?: Int32Array): Float64Array {
  const csr = toCsr(matrix);
  const count = rows?.length ?? csr.rows;
  const { classes, trees } = forest;
  const probabilities = new Float64Array(count * classes);
  const values = new Float32Array(csr.cols);
  for (let i = 0; i < count; i++) {
    denseRows(csr, [rows ? rows[i] : i], values);
    for (const tree of trees) {
      const base = leafOf(tree, values) * classes;
      for (let k = 0; k < classes; k++)
        probabilities[i * classes + k] += tree.shares[base + k] / trees.length;
    }
  }
  return probabilities;
}

function leafOf({ feature, threshold, right }: DecisionTree, values: Float32Array): number {
  let node = 0;
  while (feature[node] >= 0) node = values[feature[node]] <= threshold[node] ? node + 1 : right[node];
  return node;
}
