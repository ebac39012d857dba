import type {
  ClassRow,
  Estimate,
  Evaluation,
  Figure,
  JointEmbedding,
  MarkerRow,
  ProgrammeRow,
} from '../../src/metrics/evaluation.js';
import { type Stream, stream } from '../../src/random/stream.js';

/** A label that would run as a script wherever it is not escaped. */
export const hostileLabel = '<script>alert(1)</script>';

export interface Simulated {
  readonly cells?: number;
  readonly genes?: number;
  readonly labels?: readonly string[];
  readonly train?: boolean;
  readonly counts?: boolean;
  readonly embedding?: boolean;
  readonly programmes?: boolean;
  readonly verdict?: Evaluation['verdict'];
}

export const someLabels: readonly string[] = [
  ...['CD4+ T cell', 'CD8+ T cell', 'B cell', 'CD14+ monocyte', 'natural killer cell', hostileLabel],
  'plasmacytoid dendritic cell, immature',
];

/** An evaluation that never was, with numbers like those of a good model. `cells` is the size of the embedding. */
export function simulatedEvaluation({
  cells = 600,
  genes = 300,
  labels = someLabels,
  train = true,
  counts = true,
  embedding = true,
  programmes = true,
  verdict = {
    level: 'close',
    sentences: [
      'A random forest tells generated from held-out cells a little better than chance (AUROC 0.575; 0.530 for real training cells).',
      'Zeros, library sizes and gene means agree with those of held-out cells. Fold changes of markers are flattened by 8%.',
    ],
  },
}: Simulated = {}): Evaluation {
  const random = stream(7, 'simulated evaluation');
  const hasLabels = labels.length > 0;
  const side = cells / 2;
  return {
    real: { file: 'runs/bladder/test.h5ad', cells: side, genes },
    generated: { file: 'runs/bladder/generated.h5ad', cells: side, genes: genes - 12 },
    train: train ? { file: 'runs/bladder/train.h5ad', cells: 3 * side, genes } : null,
    labelKey: hasLabels ? 'cell_type' : null,
    seed: 7,
    genes: { shared: genes - 12, onlyReal: 12, onlyGenerated: 0 },
    values: counts ? 'counts' : 'log-normalised',
    verdict,
    warnings: [
      {
        problem: '12 of 300 genes are only in the real file.',
        advice:
          'Generate with a model trained on all genes, or read the figures as those of the shared genes.',
      },
    ],
    figures: simulatedFigures(train),
    classes: labels.map((label, i) => simulatedClass(label, i, random)),
    markers: labels.flatMap((label) => simulatedMarkers(label, random)),
    programmes: programmes ? simulatedProgrammes(labels, random) : null,
    geneProfile: simulatedGenes(genes, random),
    cellProfile: {
      real: simulatedCells(side, counts, 1, random),
      generated: simulatedCells(side, counts, 1.1, random),
    },
    nearestTraining: train
      ? {
          heldOut: Float32Array.from({ length: side }, () => Math.exp(1.4 + 0.3 * random.normal())),
          generated: Float32Array.from({ length: side }, () => Math.exp(1.35 + 0.3 * random.normal())),
          exactCopies: 0,
        }
      : null,
    embedding: embedding ? simulatedEmbedding(cells, labels, random) : null,
  };
}

function estimate(value: number, halfWidth: number | null, n = 300): Estimate {
  return { value, interval: halfWidth === null ? null : [value - halfWidth, value + halfWidth], n };
}

type FigureParts = Pick<Figure, 'key' | 'title' | 'meaning' | 'group' | 'better' | 'ideal'>;

function simulatedFigures(train: boolean): Figure[] {
  const figure = (
    parts: FigureParts,
    generated: Estimate,
    control: Estimate,
    [poisson, gaussian]: readonly [number, number],
    headline = false,
  ): Figure => ({
    ...parts,
    ...{ headline, generated, control: train ? control : null },
    baselines: new Map([
      ['Poisson per label', estimate(poisson, null)],
      ['Gaussian PCA per label', estimate(gaussian, null)],
    ]),
  });
  return [
    figure(
      {
        ...{ key: 'rf_auroc_pcs', title: 'Random forest AUROC on PCs', group: 'classifiers' },
        ...{ better: 'near', ideal: 0.5 },
        meaning: 'How well a random forest tells generated from held-out cells; at 0.5 it guesses.',
      },
      estimate(0.575, 0.024),
      estimate(0.53, 0.028),
      [0.881, 0.721],
      true,
    ),
    figure(
      {
        ...{ key: 'mmd', title: 'MMD²', group: 'distances', better: 'lower', ideal: 0 },
        meaning: 'How far the two clouds of cells lie apart over five length scales.',
      },
      estimate(0.00071, 0.0009),
      estimate(-0.0007, 0.0006),
      [0.0064, 0.0004],
      true,
    ),
    figure(
      {
        ...{ key: 'coverage', title: 'Coverage', group: 'neighbourhoods', better: 'higher', ideal: 1 },
        meaning: 'Share of held-out cells with a generated cell in their neighbourhood.',
      },
      estimate(0.912, 0.021),
      estimate(0.954, 0.017),
      [0.62, 0.97],
      true,
    ),
    figure(
      {
        ...{ key: 'gene_mean_pearson', title: 'Correlation of gene means', group: 'profiles' },
        ...{ better: 'higher', ideal: 1 },
        meaning: 'Whether genes are as high on average as in held-out cells.',
      },
      estimate(0.998, null),
      estimate(0.999, null),
      [0.997, 0.98],
    ),
    figure(
      {
        ...{ key: 'library_ks', title: 'Library size, Kolmogorov-Smirnov', group: 'profiles' },
        ...{ better: 'lower', ideal: 0 },
        meaning: 'The widest gap between the two distributions of library sizes.',
      },
      estimate(0.051, 0.02),
      estimate(0.043, 0.02),
      [0.02, Number.NaN],
    ),
    figure(
      {
        ...{ key: 'marker_overlap', title: 'Marker overlap', group: 'biology', better: 'higher', ideal: 1 },
        meaning: 'Share of the top 50 markers of each label found again.',
      },
      estimate(0.81, 0.03),
      estimate(0.88, 0.02),
      [0.8, 0.6],
    ),
    ...(train
      ? [
          figure(
            {
              ...{ key: 'nearer_share', title: 'Nearer than held-out', group: 'memorisation' },
              ...{ better: 'near', ideal: 0.5 },
              meaning: 'How often a generated cell is nearer to a training cell than a held-out one is.',
            },
            estimate(0.534, 0.02),
            estimate(0.5, 0.02),
            [0.4, 0.61],
            true,
          ),
        ]
      : []),
  ];
}

function simulatedClass(label: string, i: number, random: Stream): ClassRow {
  const few = i === 4;
  return {
    label,
    real: few ? 7 : 40 + 31 * i,
    generated: few ? 6 : 40 + 31 * i,
    recognisedReal: 0.9 + 0.08 * random.uniform(),
    recognisedGenerated: 0.82 + 0.1 * random.uniform(),
    forestAuroc: few ? null : estimate(0.53 + 0.1 * random.uniform(), 0.05, 40),
    mmd: few ? null : estimate(0.002 * random.uniform(), 0.001, 40),
    foldChangeSlope: few ? null : 0.85 + 0.15 * random.uniform(),
    toTrainingReal: few ? null : 11 + random.uniform(),
    toTrainingGenerated: few ? null : 11 + random.uniform(),
    nearerShare: few ? null : estimate(0.5 + 0.05 * random.uniform(), 0.06, 40),
  };
}

function simulatedMarkers(label: string, random: Stream): MarkerRow[] {
  return Array.from({ length: 50 }, (_, i) => {
    const real = 1 + 4 * random.uniform();
    const generated = 0.92 * real + 0.35 * random.normal();
    return { label, gene: `Gene${i}`, real, generated, kept: random.uniform() < 0.8 };
  });
}

function simulatedProgrammes(labels: readonly string[], random: Stream): ProgrammeRow[] {
  return Array.from({ length: 24 }, (_, i) => ({
    ...{ programme: (7 * i) % 24, strength: 8 / (i + 1), share: random.uniform(), down: [] },
    up: Array.from({ length: 10 }, (_, j) => ({ gene: `Gene${10 * i + j}`, log2: 2 - 0.15 * j })),
    labels: labels.slice(0, i % 4).map((label) => ({ label, share: random.uniform() })),
    together: {
      ...{ generated: 0.3 / (i + 1), real: i === 3 ? -0.01 : 0.28 / (i + 1), others: 0.01 },
      isReal: i !== 3,
    },
  }));
}

function simulatedGenes(genes: number, random: Stream): Evaluation['geneProfile'] {
  const means = Float32Array.from({ length: genes }, () => Math.exp(-3 + 1.6 * random.normal()));
  const profile = () => {
    const mean = means.map((value) => value * Math.exp(0.12 * random.normal()));
    return {
      mean,
      variance: mean.map((value) => value * 0.9 * Math.exp(0.2 * random.normal())),
      zeros: mean.map((value) => Math.exp(-value / 0.7)),
    };
  };
  const names = Array.from({ length: genes }, (_, i) => `Gene${i}`);
  return { names, real: profile(), generated: profile() };
}

function simulatedCells(cells: number, counts: boolean, spread: number, random: Stream) {
  const librarySize = Float32Array.from({ length: cells }, () =>
    Math.round(Math.exp(8.3 + 0.5 * spread * random.normal())),
  );
  const genesPerCell = librarySize.map((size) =>
    Math.round(80 * Math.log(size) - 500 + 15 * random.normal()),
  );
  return { librarySize: counts ? librarySize : null, genesPerCell };
}

function simulatedEmbedding(cells: number, labels: readonly string[], random: Stream): JointEmbedding {
  const clusters = Math.max(labels.length, 4);
  const codes = new Int32Array(cells);
  const coordinates = new Float32Array(2 * cells);
  for (let i = 0; i < cells; i++) {
    const cluster = Math.floor(clusters * random.uniform() ** 1.5);
    const angle = 2.4 * cluster;
    codes[i] = labels.length === 0 || i % 50 === 49 ? -1 : cluster;
    coordinates[2 * i] = 9 * Math.sqrt(cluster + 0.5) * Math.cos(angle) + 4 * random.normal();
    coordinates[2 * i + 1] = 9 * Math.sqrt(cluster + 0.5) * Math.sin(angle) + 3 * random.normal();
  }
  return {
    ...{ method: 'tsne', coordinates, codes, labels },
    isGenerated: Uint8Array.from({ length: cells }, (_, i) => i % 2),
    rows: Int32Array.from({ length: cells }, (_, i) => i >> 1),
  };
}
