import { concatRows, selectRows, toCsr } from '../counts/csr.js';
import { DataError } from '../errors.js';
import type { CsrMatrix, DenseMatrix, Matrix } from '../io/anndata.js';
import { auroc } from './auroc.js';
import { splitByFold, stratifiedFolds } from './folds.js';
import { fitLogistic, predictLogistic } from './logistic.js';
import { nearestNeighboursAmong } from './neighbours.js';
import { takePoints } from './points.js';
import { fitForest, predictForest } from './random-forest.js';
import { sortColumns } from './sorted-columns.js';

/** How well a classifier that has not seen them tells generated cells from real ones. */
export interface TwoSampleTest {
  /** In [0, 1], 0.5 is ideal; above it the lower the better. */
  readonly auroc: number;
  /** Out-of-fold score of each cell, higher for a cell that looks generated: what a bootstrap over cells draws from. */
  readonly real: Float64Array;
  readonly generated: Float64Array;
}

export interface NeighbourTwoSampleTest extends TwoSampleTest {
  /** Share of real cells called real; in [0, 1], 0.5 is ideal. Both recalls far from it at once: one class is called for all. */
  readonly realRecall: number;
  /** Share of generated cells called generated. */
  readonly generatedRecall: number;
}

const foldCount = 5;
/** As scikit-learn's KNeighborsClassifier; odd, so that there is always a majority. */
const neighbours = 5;
const [realCode, generatedCode] = [0, 1];

/**
 * Classifier two-sample test (Lopez-Paz and Oquab 2017) by a random forest: five stratified folds, the probability of
 * "generated" for each cell by the forest that has not seen it, one AUROC of all of these.
 * Cost: five forests (`fitForest`).
 * @param real cells x features (principal components of the pooled cells, or log-normalised genes)
 * @param generated as many cells, for the AUROC to be comparable; same features
 * @throws DataError where a side has fewer cells than folds, or the features differ
 */
export function forestTwoSampleTest(
  real: Matrix,
  generated: Matrix,
  trees: number,
  seed: number,
): TwoSampleTest {
  const { cells, codes, folds } = pool(real, generated, seed);
  const columns = sortColumns(cells);
  const scores = outOfFold(folds, (train, test) => {
    const forest = fitForest(columns, codes, 2, train, trees, seed);
    return secondOfTwo(predictForest(forest, cells, test));
  });
  return bySide(scores, real.rows);
}

/**
 * The same by logistic regression on standardised features (C = 1), which sees shifts of means only.
 * Cost: five fits (`fitLogistic`).
 * @param real cells x features
 * @param generated cells x features
 * @throws DataError where a side has fewer cells than folds, or the features differ
 */
export function logisticTwoSampleTest(real: Matrix, generated: Matrix, seed: number): TwoSampleTest {
  const { cells, codes, folds } = pool(real, generated, seed);
  const scores = outOfFold(folds, (train, test) => {
    const trainCodes = train.map((cell) => codes[cell]);
    const model = fitLogistic(selectRows(cells, train), trainCodes, 2);
    return secondOfTwo(predictLogistic(model, selectRows(cells, test)));
  });
  return bySide(scores, real.rows);
}

/**
 * The same by the five nearest cells of the other folds; a cell's score is the share of generated ones among them.
 * Only for principal components: in thousands of dimensions some cells are near to all others, and one class is called for all.
 * Cost: (cells of both sides)^2 x dimensions.
 * @param real cells x components
 * @param generated cells x components
 * @throws DataError where a side has fewer cells than folds, or the components differ
 */
export function neighbourTwoSampleTest(
  real: DenseMatrix,
  generated: DenseMatrix,
  seed: number,
): NeighbourTwoSampleTest {
  const { codes, folds } = pool(real, generated, seed);
  const points = stack(real, generated);
  const scores = outOfFold(folds, (train, test) => {
    const { indices } = nearestNeighboursAmong(
      takePoints(points, test),
      takePoints(points, train),
      neighbours,
    );
    return Float64Array.from(test, (_, i) => {
      let found = 0;
      for (let k = 0; k < neighbours; k++) found += codes[train[indices[i * neighbours + k]]];
      return found / neighbours;
    });
  });
  const result = bySide(scores, real.rows);
  return {
    ...result,
    realRecall: share(result.real, (score) => score < 0.5),
    generatedRecall: share(result.generated, (score) => score > 0.5),
  };
}

function pool(real: Matrix, generated: Matrix, seed: number) {
  if (real.cols !== generated.cols) {
    throw new DataError(
      'two-sample test',
      `real cells have ${real.cols} features, generated ones ${generated.cols}`,
      'Compare the same genes or components',
    );
  }
  if (Math.min(real.rows, generated.rows) < foldCount) {
    throw new DataError(
      'two-sample test',
      `there are ${real.rows} real and ${generated.rows} generated cells`,
      `Give at least ${foldCount} of each`,
    );
  }
  const cells: CsrMatrix = concatRows([toCsr(real), toCsr(generated)], real.cols);
  const codes = new Int32Array(cells.rows).fill(realCode).fill(generatedCode, real.rows);
  return { cells, codes, folds: stratifiedFolds(codes, foldCount, seed) };
}

function outOfFold(
  folds: Int32Array,
  scoreTest: (train: Int32Array, test: Int32Array) => Float64Array,
): Float64Array {
  const scores = new Float64Array(folds.length);
  for (let fold = 0; fold < foldCount; fold++) {
    const { train, test } = splitByFold(folds, fold);
    scoreTest(train, test).forEach((score, i) => {
      scores[test[i]] = score;
    });
  }
  return scores;
}

function bySide(scores: Float64Array, realCells: number): TwoSampleTest {
  const real = scores.slice(0, realCells);
  const generated = scores.slice(realCells);
  return { auroc: auroc(generated, real), real, generated };
}

function secondOfTwo(probabilities: Float64Array): Float64Array {
  return probabilities.filter((_, i) => i % 2 === 1);
}

function share(scores: Float64Array, isRight: (score: number) => boolean): number {
  return scores.filter(isRight).length / scores.length;
}

function stack(a: DenseMatrix, b: DenseMatrix): DenseMatrix {
  const data = new Float32Array(a.data.length + b.data.length);
  data.set(a.data);
  data.set(b.data, a.data.length);
  return { format: 'dense', rows: a.rows + b.rows, cols: a.cols, data };
}
