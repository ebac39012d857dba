import { selectColumns, selectRows } from '../counts/csr.js';
import { median } from '../counts/library-size.js';
import type { CsrMatrix } from '../io/anndata.js';
import { auroc } from './auroc.js';
import { oncePerResample } from './bootstrap.js';
import { cellProfile, kolmogorovSmirnov } from './cell-profile.js';
import { geneDivergences } from './divergence.js';
import { energyDistance, energyDistanceOfRows } from './energy-distance.js';
import type { Evaluation } from './evaluation.js';
import { geneCorrelationAgreement, topVariableGenes } from './gene-correlation.js';
import { geneProfile, profileAgreement } from './gene-profile.js';
import { meanOverGenes } from './gene-values.js';
import { type ManifoldScores, manifoldScores } from './manifold.js';
import { bare, type Measurement, type Measurements } from './measurement.js';
import { mixingIndex } from './mixing.js';
import { mmd, mmdLegacy, mmdOfRows, realBandwidth } from './mmd.js';
import { takePoints } from './points.js';
import type { PooledPair } from './pooled-pair.js';
import {
  forestTwoSampleTest,
  logisticTwoSampleTest,
  neighbourTwoSampleTest,
  type TwoSampleTest,
} from './two-sample-test.js';
import { slicedWasserstein, unitDirections, wassersteinPerGene } from './wasserstein.js';

/** Most cells of a side that classifiers of genes and forests learn from: the first ones of the shuffled pair. */
const mostClassified = 1000;
const trees = 100;
const reachNeighbours = 5;
const slices = 200;
const [fewGenes, manyGenes] = [100, 500];
const positive = [0, Number.POSITIVE_INFINITY] as const;
/** Cells a side in a resample of what looks at all pairs and cannot store them. */
const mostCells = 250;

/** Some of the figures of a pair; `work` is about the share of the time of all of them. */
export interface PairMeasure {
  readonly work: number;
  readonly measure: (pair: PooledPair, values: Evaluation['values'], seed: number) => Measurements;
}

/**
 * All figures that need no more than a pair of real and other cells, whatever the other ones are: generated, training or a
 * baseline's. A few at a time, so that progress can be told and an interruption heard between them.
 */
export const pairMeasures: readonly PairMeasure[] = [
  { work: 0.02, measure: cellFigures },
  { work: 0.05, measure: geneFigures },
  { work: 0.05, measure: distanceFigures },
  { work: 0.03, measure: neighbourhoodFigures },
  { work: 0.1, measure: componentClassifiers },
  { work: 0.4, measure: geneForest },
  { work: 0.35, measure: geneLogistic },
];

function cellFigures({ cells, real, other }: PooledPair, values: Evaluation['values']): Measurements {
  const [realCells, otherCells] = [real, other].map((side) => cellProfile(side.values, values));
  const zeros = ({ genesPerCell }: typeof realCells) =>
    genesPerCell.map((genes) => 1 - genes / real.values.cols);
  const difference = (a: Float32Array, b: Float32Array) => mean(b) - mean(a);
  const ratio = (a: Float32Array, b: Float32Array) => median(b) / median(a);
  const ratioOfMeans = (a: Float32Array, b: Float32Array) => mean(b) / mean(a);
  const of = (
    figure: typeof ratio,
    range: readonly [number, number],
    [a, b]: readonly Float32Array[],
  ): Measurement => ({
    ...{ value: figure(a, b), cells },
    resample: { statistic: (realRows, otherRows) => figure(take(a, realRows), take(b, otherRows)), range },
  });
  const profiles = [realCells, otherCells];
  const genes = profiles.map(({ genesPerCell }) => genesPerCell);
  const sizes = profiles.flatMap(({ librarySize }) => librarySize ?? []);
  return {
    zero_fraction_difference: of(difference, [-1, 1], profiles.map(zeros)),
    genes_per_cell_ratio: of(ratioOfMeans, positive, genes),
    genes_per_cell_ks: of(kolmogorovSmirnov, [0, 1], genes),
    ...(values === 'counts' && {
      library_size_ratio: of(ratio, positive, sizes),
      library_size_ks: of(kolmogorovSmirnov, [0, 1], sizes),
    }),
  };
}

function geneFigures({ cells, real, other }: PooledPair): Measurements {
  const profile = geneProfile(real.logged);
  const { mean: means, variance, zeros } = profileAgreement(profile, geneProfile(other.logged));
  const agreementOf = oncePerResample((realRows, otherRows) => {
    const [a, b] = [selectRows(real.logged, realRows), selectRows(other.logged, otherRows)];
    return profileAgreement(geneProfile(a), geneProfile(b));
  });
  const part = (name: 'mean' | 'variance' | 'zeros', value: number): Measurement => ({
    ...{ value, cells },
    resample: {
      statistic: (realRows, otherRows) => agreementOf(realRows, otherRows)[name].pearson,
      range: [-1, 1],
      replicates: 100,
    },
  });
  const few = topVariableGenes(profile, fewGenes);
  const all = Array.from(few.keys());
  const [realFew, otherFew] = [real, other].map((side) => selectColumns(side.logged, few));
  return {
    gene_correlation_top100: {
      ...{ value: geneCorrelationAgreement(realFew, otherFew, all), cells },
      resample: {
        statistic: ofRows(realFew, otherFew, (a, b) => geneCorrelationAgreement(a, b, all)),
        range: [-1, 1],
      },
    },
    gene_correlation_top500: bare(
      geneCorrelationAgreement(real.logged, other.logged, topVariableGenes(profile, manyGenes)),
      cells,
    ),
    gene_mean_pearson: part('mean', means.pearson),
    gene_mean_spearman: bare(means.spearman, cells),
    gene_variance_pearson: part('variance', variance.pearson),
    gene_variance_spearman: bare(variance.spearman, cells),
    gene_zeros_pearson: part('zeros', zeros.pearson),
    gene_zeros_spearman: bare(zeros.spearman, cells),
  };
}

function distanceFigures({ cells, real, other }: PooledPair, _: unknown, seed: number): Measurements {
  const [a, b] = [real.scores, other.scores];
  const bandwidth = realBandwidth(a);
  const directions = unitDirections(slices, a.cols, seed);
  const { kullbackLeibler, jensenShannon } = geneDivergences(real.logged, other.logged);
  return {
    mmd: {
      ...{ value: mmd(a, b, bandwidth), cells },
      resample: { statistic: mmdOfRows(a, b, bandwidth) },
    },
    mmd_legacy: bare(mmdLegacy(a, b), cells),
    energy_distance: {
      ...{ value: energyDistance(a, b), cells },
      resample: { statistic: energyDistanceOfRows(a, b) },
    },
    sliced_wasserstein: {
      ...{ value: slicedWasserstein(a, b, directions), cells },
      resample: {
        statistic: (realRows, otherRows) =>
          slicedWasserstein(takePoints(a, realRows), takePoints(b, otherRows), directions),
        ...{ mostCells, range: positive, replicates: 100 },
      },
    },
    wasserstein_genes: bare(meanOverGenes(wassersteinPerGene(real.logged, other.logged)), cells),
    kl_genes: bare(meanOverGenes(kullbackLeibler), cells),
    js_genes: bare(meanOverGenes(jensenShannon), cells),
  };
}

function neighbourhoodFigures({ cells, real, other }: PooledPair): Measurements {
  const [a, b] = [real.scores, other.scores];
  const scores = manifoldScores(a, b, Math.min(reachNeighbours, cells - 1));
  const scoresOf = oncePerResample((realRows, otherRows) => {
    const k = Math.min(reachNeighbours, realRows.length - 1);
    return manifoldScores(takePoints(a, realRows), takePoints(b, otherRows), k);
  });
  const of = (name: keyof ManifoldScores): Measurement => ({
    ...{ value: scores[name], cells },
    resample: {
      statistic: (realRows, otherRows) => scoresOf(realRows, otherRows)[name],
      ...{ mostCells, range: name === 'density' ? positive : [0, 1] },
    },
  });
  return {
    precision: of('precision'),
    recall: of('recall'),
    density: of('density'),
    coverage: of('coverage'),
    ilisi: bare(mixingIndex(a, b), cells),
  };
}

function componentClassifiers(pair: PooledPair, _: unknown, seed: number): Measurements {
  const rows = firstRows(pair.cells);
  const [a, b] = [pair.real, pair.other].map((side) => takePoints(side.scores, rows));
  const neighbours = neighbourTwoSampleTest(a, b, seed);
  const recall = (value: number, isRight: (realRows: Int32Array, otherRows: Int32Array) => number) => ({
    ...{ value, cells: rows.length, resample: { statistic: isRight, range: [0, 1] as const } },
  });
  const share = (scores: Float64Array, picked: Int32Array, isRight: (score: number) => boolean) =>
    picked.filter((row) => isRight(scores[row])).length / picked.length;
  return {
    rf_auroc_pcs: ofTest(forestTwoSampleTest(a, b, trees, seed)),
    logistic_auroc_pcs: ofTest(logisticTwoSampleTest(a, b, seed)),
    knn_real_recall: recall(neighbours.realRecall, (realRows) =>
      share(neighbours.real, realRows, (score) => score < 0.5),
    ),
    knn_generated_recall: recall(neighbours.generatedRecall, (_realRows, otherRows) =>
      share(neighbours.generated, otherRows, (score) => score > 0.5),
    ),
  };
}

function geneForest(pair: PooledPair, _: unknown, seed: number): Measurements {
  const [a, b] = firstGenes(pair);
  return { rf_auroc_genes: ofTest(forestTwoSampleTest(a, b, trees, seed)) };
}

function geneLogistic(pair: PooledPair, _: unknown, seed: number): Measurements {
  const [a, b] = firstGenes(pair);
  return { logistic_auroc_genes: ofTest(logisticTwoSampleTest(a, b, seed)) };
}

/** The AUROC of a forest on principal components, as for a single label. */
export const forestFigure = (pair: PooledPair, seed: number): Measurement => {
  const rows = firstRows(pair.cells);
  const [a, b] = [pair.real, pair.other].map((side) => takePoints(side.scores, rows));
  return ofTest(forestTwoSampleTest(a, b, trees, seed));
};

/** The AUROC with what resamples it: the scores that each cell was given once. */
function ofTest({ auroc: value, real, generated }: TwoSampleTest): Measurement {
  return {
    ...{ value, cells: real.length },
    resample: {
      statistic: (realRows, otherRows) => auroc(take(generated, otherRows), take(real, realRows)),
      range: [0, 1],
    },
  };
}

const firstRows = (cells: number): Int32Array =>
  Int32Array.from({ length: Math.min(cells, mostClassified) }, (_, row) => row);

const firstGenes = ({ cells, real, other }: PooledPair): CsrMatrix[] =>
  [real, other].map((side) => selectRows(side.logged, firstRows(cells)));

/** A figure of cells as a figure of rows. */
const ofRows =
  (real: CsrMatrix, other: CsrMatrix, figure: (real: CsrMatrix, other: CsrMatrix) => number) =>
  (realRows: Int32Array, otherRows: Int32Array): number =>
    figure(selectRows(real, realRows), selectRows(other, otherRows));

function take<T extends Float32Array | Float64Array>(values: T, rows: Int32Array): T {
  const taken = values.slice(0, rows.length) as T;
  rows.forEach((row, i) => {
    taken[i] = values[row];
  });
  return taken;
}

const mean = (values: Float32Array): number => values.reduce((sum, value) => sum + value, 0) / values.length;
