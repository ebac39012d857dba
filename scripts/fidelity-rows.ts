import { type Way, wayNames, ways } from './fidelity-ways.js';
import { expectedWorst, type RecognisedLabel } from './worst-label.js';

const byLabel = wayNames.filter((way) => ways[way].labelled);
const measured: readonly Way[] = ['unconditional', 'by label'];

interface Estimate {
  readonly value: number | null;
  /** Cells a side that it is taken from. */
  readonly n?: number;
}

/** What is read of metrics.json. */
export interface Metrics {
  readonly figures: readonly {
    readonly key: string;
    readonly generated: Estimate;
    readonly control: Estimate | null;
    readonly baselines: Readonly<Record<string, Estimate>>;
  }[];
  readonly classes: readonly {
    readonly label: string;
    readonly real: number;
    readonly generated: number;
    readonly recognisedReal: number | null;
    readonly recognisedGenerated: number | null;
  }[];
}

/** Other evaluations of the same data set and seed; null where they are not there. */
export interface Others {
  /** Cells by label, with generators that are fitted label by label. */
  readonly labelled: Metrics | null;
  /** Cells of the count autoencoder alone. */
  readonly alone: Metrics | null;
  /** Cells by label, drawn in 1,000 steps. */
  readonly slow: Metrics | null;
  /** Cells by label of a DiT in the place of CRATE. */
  readonly dit: Metrics | null;
}

/** A row of the table: a figure of one evaluation, and what is asked of it. */
export interface Row {
  readonly title: string;
  readonly target: string;
  readonly ways: readonly Way[];
  /** NaN where the evaluation does not say. */
  readonly of: (metrics: Metrics, others: Others) => number;
  readonly isReached: (value: number) => boolean;
  /** The same of real training cells, or by chance alone; none where that says nothing. */
  readonly control?: (metrics: Metrics) => number;
}

const figureOf = (metrics: Metrics, key: string): number =>
  metrics.figures.find((figure) => figure.key === key)?.generated.value ?? Number.NaN;
const controlOf = (metrics: Metrics, key: string): number =>
  metrics.figures.find((figure) => figure.key === key)?.control?.value ?? Number.NaN;

function plain(
  title: string,
  key: string,
  target: string,
  isReached: Row['isReached'],
  of: readonly Way[] = wayNames,
): Row {
  const control = (metrics: Metrics) => controlOf(metrics, key);
  return { title, target, ways: of, of: (metrics) => figureOf(metrics, key), control, isReached };
}

/** Cells of a label below which a share recognised is too coarse to hold against 0.02. */
const fewestOfLabel = 20;

/** The figures of the tables and what is asked of them. */
export const rows: readonly Row[] = [
  plain('Random forest AUROC on PCs', 'rf_auroc_pcs', '≤ 0.56', (value) => value <= 0.56),
  plain('Random forest AUROC on genes', 'rf_auroc_genes', '≤ 0.60', (value) => value <= 0.6),
  {
    ...{ title: 'MMD² minus that of the control', target: '≤ 0.001', ways: wayNames },
    of: (metrics) => figureOf(metrics, 'mmd') - controlOf(metrics, 'mmd'),
    isReached: (value) => value <= 0.001,
  },
  plain('Zeros, difference', 'zero_fraction_difference', 'within 0.005', (value) => Math.abs(value) <= 0.005),
  plain('Genes per cell, ratio', 'genes_per_cell_ratio', 'within 2%', (value) => Math.abs(value - 1) <= 0.02),
  {
    ...{ title: 'Gene-gene correlations, minus control', target: '≥ −0.01', ways: wayNames },
    of: (metrics) =>
      figureOf(metrics, 'gene_correlation_top100') - controlOf(metrics, 'gene_correlation_top100'),
    isReached: (value) => value >= -0.01,
  },
  {
    ...{ title: 'Label recognised, minus held-out', target: '≥ −0.02', ways: byLabel },
    of: (metrics) => figureOf(metrics, 'label_agreement') - controlOf(metrics, 'label_agreement'),
    isReached: (value) => value >= -0.02,
  },
  {
    ...{
      title: `The same, worst label of ${fewestOfLabel} cells or more`,
      target: '≥ −0.02',
      ways: byLabel,
    },
    of: (metrics) =>
      leastOf(
        manyCells(metrics).map(
          ({ recognisedReal, recognisedGenerated }) => recognisedGenerated - recognisedReal,
        ),
      ),
    control: (metrics) => expectedWorst(manyCells(metrics)),
    isReached: (value) => value >= -0.02,
  },
  plain(
    'Fold changes of markers, slope',
    'fold_change_slope',
    '0.9 to 1.1',
    (value) => value >= 0.9 && value <= 1.1,
    byLabel,
  ),
  {
    // That of training cells is 1 whatever the set.
    ...{ title: 'Nearer to training cells, share', target: '0.45 to 0.55', ways: wayNames },
    of: (metrics) => figureOf(metrics, 'nearer_share'),
    isReached: (value) => value >= 0.45 && value <= 0.55,
  },
  plain('Exact copies, share', 'exact_copies', '0', (value) => value === 0),
  {
    ...{ title: 'Ahead of simple generators', target: 'all, by forest on PCs and MMD²', ways: wayNames },
    of: (metrics, { labelled }) =>
      labelled === null
        ? Number.NaN
        : Number(simpleGenerators(labelled).every((other) => isAhead(scoresOf(metrics), other))),
    isReached: (value) => value === 1,
  },
  {
    ...{ title: 'Ahead of the count autoencoder alone', target: 'by both', ways: measured },
    of: (metrics, { alone }) =>
      alone === null ? Number.NaN : Number(isAhead(scoresOf(metrics), scoresOf(alone))),
    isReached: (value) => value === 1,
  },
  {
    ...{ title: 'Forest AUROC on PCs beyond that with 1,000 steps', target: '≤ 0.02', ways: ['by label'] },
    of: (metrics, { slow }) => (slow === null ? Number.NaN : scoresOf(metrics).told - scoresOf(slow).told),
    isReached: (value) => value <= 0.02,
  },
  {
    ...{ title: 'Ahead of a DiT in the same latent space', target: 'by both', ways: ['by label'] },
    of: (metrics, { dit }) => (dit === null ? Number.NaN : Number(isAhead(scoresOf(metrics), scoresOf(dit)))),
    isReached: (value) => value === 1,
  },
];

/**
 * Labels of enough held-out cells, with the numbers of cells that were classified: `n` of either side, in evaluations with `--train` of
 * cells that all have a label.
 */
function manyCells({ figures, classes }: Metrics): RecognisedLabel[] {
  const most = figures.find(({ key }) => key === 'label_agreement')?.generated.n ?? Number.NaN;
  const [real, generated] = (['real', 'generated'] as const).map((side) =>
    classes.reduce((sum, one) => sum + one[side], 0),
  );
  return classes.flatMap((one) => {
    if (one.real < fewestOfLabel || one.recognisedReal === null) return [];
    const cells = (own: number, all: number) => Math.round(own * Math.min(1, most / all));
    return [
      {
        ...{ real: cells(one.real, real!), generated: cells(one.generated, generated!) },
        ...{ recognisedReal: one.recognisedReal, recognisedGenerated: one.recognisedGenerated ?? 0 },
      },
    ];
  });
}

/** NaN of nothing. */
const leastOf = (values: readonly number[]): number =>
  values.length === 0 ? Number.NaN : Math.min(...values);

/** What generators are ranked by, both lower where cells are more real; NaN where the evaluation does not say. */
interface Scores {
  readonly told: number;
  readonly mmd: number;
}

const scoresOf = (metrics: Metrics): Scores => ({
  told: Math.abs(figureOf(metrics, 'rf_auroc_pcs') - 0.5),
  mmd: figureOf(metrics, 'mmd'),
});

function simpleGenerators({ figures }: Metrics): Scores[] {
  const baselinesOf = (key: string) => figures.find((figure) => figure.key === key)?.baselines ?? {};
  const mmds = baselinesOf('mmd');
  return Object.entries(baselinesOf('rf_auroc_pcs')).map(([name, told]) => ({
    told: Math.abs((told.value ?? Number.NaN) - 0.5),
    mmd: mmds[name]?.value ?? Number.NaN,
  }));
}

/** By both at once. */
const isAhead = (own: Scores, other: Scores): boolean => own.told < other.told && own.mmd < other.mmd;
