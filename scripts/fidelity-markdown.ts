import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { formatDuration } from '../src/number-format.js';
import { formatValue } from '../src/report/figure-format.js';
import { markdownTable } from './markdown.js';

export interface Trial {
  readonly set: string;
  readonly seed: number;
}

/** How cells are asked for, and how `generate` is told so. */
export const ways = {
  unconditional: ['--guidance', '0'],
  'by label': [],
  'count autoencoder alone': ['--from-prior'],
} as const;
export type Way = keyof typeof ways;
export const wayNames = Object.keys(ways) as Way[];

/** Cells that are not drawn by label have none. */
export const hasLabels = (way: Way): boolean => way === 'by label';
export const fileNameOf = (way: Way): string => way.replaceAll(' ', '-');

const byLabel: readonly Way[] = ['by label'];
const diffused: readonly Way[] = ['unconditional', 'by label'];

interface Estimate {
  readonly value: number | null;
}

/** What is read of metrics.json. */
interface Metrics {
  readonly figures: readonly {
    readonly key: string;
    readonly generated: Estimate;
    readonly control: Estimate | null;
    readonly baselines: Readonly<Record<string, Estimate>>;
  }[];
  readonly classes: readonly {
    readonly label: string;
    readonly real: number;
    readonly recognisedReal: number | null;
    readonly recognisedGenerated: number | null;
  }[];
}

/** Other evaluations of the same data set and seed; null where they are not there. */
interface Others {
  /** Cells by label, with generators that are fitted label by label. */
  readonly labelled: Metrics | null;
  /** Cells of the count autoencoder alone. */
  readonly alone: Metrics | null;
}

/** A row of the table: a figure of one evaluation, and what is asked of it. */
interface Row {
  readonly title: string;
  readonly target: string;
  readonly ways: readonly Way[];
  /** NaN where the evaluation does not say. */
  readonly of: (metrics: Metrics, others: Others) => number;
  readonly isReached: (value: number) => boolean;
  /** The same of real training cells; none where that says nothing. */
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

const rows: readonly Row[] = [
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
    of: ({ classes }) =>
      leastOf(
        classes
          .filter(({ real, recognisedReal }) => real >= fewestOfLabel && recognisedReal !== null)
          .map(({ recognisedReal, recognisedGenerated }) => (recognisedGenerated ?? 0) - recognisedReal!),
      ),
    isReached: (value) => value >= -0.02,
  },
  plain(
    'Fold changes of markers, slope',
    'fold_change_slope',
    '0.9 to 1.1',
    (value) => value >= 0.9 && value <= 1.1,
    byLabel,
  ),
  plain(
    'Nearer to training cells, share',
    'nearer_share',
    '0.45 to 0.55',
    (value) => value >= 0.45 && value <= 0.55,
  ),
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
    ...{ title: 'Ahead of the count autoencoder alone', target: 'by both', ways: diffused },
    of: (metrics, { alone }) =>
      alone === null ? Number.NaN : Number(isAhead(scoresOf(metrics), scoresOf(alone))),
    isReached: (value) => value === 1,
  },
];

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

interface Done extends Trial {
  readonly way: Way;
  readonly metrics: Metrics;
  readonly others: Others;
}

/** The tables of what is done in `folder`, as Markdown. */
export function fidelityMarkdown(trials: readonly Trial[], folder: string): string {
  const metricsOf = ({ set, seed }: Trial, way: Way): Metrics | null => {
    const file = join(folder, set, String(seed), fileNameOf(way), 'metrics.json');
    return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as Metrics) : null;
  };
  const done = trials.flatMap((trial) => {
    const others = {
      labelled: metricsOf(trial, 'by label'),
      alone: metricsOf(trial, 'count autoencoder alone'),
    };
    return wayNames.flatMap((way): Done[] => {
      const metrics = metricsOf(trial, way);
      return metrics === null ? [] : [{ ...trial, way, metrics, others }];
    });
  });
  const sets = [...new Set(done.map(({ set }) => set))];
  return [
    ...wayNames
      .filter((way) => done.some((one) => one.way === way))
      .flatMap((way) => [
        `### ${capitalised(way)}`,
        table(
          done.filter((one) => one.way === way),
          sets,
        ),
      ]),
    '### Time to train',
    timeTable(trials, sets, folder),
  ].join('\n\n');
}

function table(done: readonly Done[], sets: readonly string[]): string {
  const of = (set: string) => done.filter((one) => one.set === set);
  const lines = rows.flatMap((row) => {
    if (!row.ways.includes(done[0]?.way)) return [];
    const means = sets.map((set) => mean(of(set).map(({ metrics, others }) => row.of(metrics, others))));
    if (means.every(Number.isNaN)) return [];
    const cells = sets.map((set, i) => {
      const control = row.control && mean(of(set).map(({ metrics }) => row.control!(metrics)));
      const beside = control === undefined || Number.isNaN(control) ? '' : ` (${formatValue(control)})`;
      if (Number.isNaN(means[i])) return '–';
      const values = of(set).map(({ metrics, others }) => row.of(metrics, others));
      const spread = values.length === 1 ? '' : ` ± ${formatValue(deviation(values))}`;
      const mark = row.isReached(means[i]) ? '' : ' ✗';
      return `${formatValue(means[i])}${spread}${beside}${mark}`;
    });
    const reached = means.filter((value) => row.isReached(value)).length;
    return [[row.title, row.target, ...cells, `${reached} of ${sets.length}`]];
  });
  const head = ['', 'target', ...sets, 'reached'];
  return markdownTable(head, lines);
}

const trainingStages = ['autoencoder', 'decoder', 'denoiser'];

function timeTable(trials: readonly Trial[], sets: readonly string[], folder: string): string {
  const rowsOf = sets.map((set) => {
    const runs = trials
      .filter((trial) => trial.set === set)
      .map(({ seed }) => join(folder, set, String(seed), 'run', 'train.jsonl'))
      .filter((file) => existsSync(file))
      .map((file) => lastLines(file));
    const text = trainingStages.flatMap((stage) => {
      // Runs of earlier versions have no stage of the decoder.
      const ends = runs.flatMap((run) => run.get(stage) ?? []);
      if (ends.length === 0) return ['-', '-'];
      return [
        ends.map(({ step }) => step).join(', '),
        ends.map(({ elapsedSeconds }) => formatDuration(elapsedSeconds)).join(', '),
      ];
    });
    return [set, ...text];
  });
  const head = ['', ...trainingStages.flatMap((stage) => [`${stage}: steps`, 'time'])];
  return markdownTable(head, rowsOf);
}

interface LogLine {
  readonly stage: string;
  readonly step: number;
  readonly elapsedSeconds: number;
}

function lastLines(file: string): Map<string, LogLine> {
  const lines = readFileSync(file, 'utf8').trim().split('\n');
  return new Map(lines.map((line) => JSON.parse(line) as LogLine).map((line) => [line.stage, line]));
}

const mean = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0) / values.length;

/** Of a sample of two or more. */
const deviation = (values: readonly number[]): number =>
  Math.sqrt(mean(values.map((value) => (value - mean(values)) ** 2)) * (values.length / (values.length - 1)));

const capitalised = (text: string): string => text[0].toUpperCase() + text.slice(1);
