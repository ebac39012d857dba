import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { formatDuration } from '../src/number-format.js';
import { formatValue } from '../src/report/figure-format.js';
import { type Metrics, type Others, rows } from './fidelity-rows.js';
import { fileNameOf, type Way, wayNames, ways } from './fidelity-ways.js';
import { markdownTable } from './markdown.js';

export interface Trial {
  readonly set: string;
  readonly seed: number;
}

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
      slow: metricsOf(trial, 'by label with 1,000 steps'),
      dit: metricsOf(trial, 'by label with a DiT for CRATE'),
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
        ...seedRemark(done.filter((one) => one.way === way)),
        table(
          done.filter((one) => one.way === way),
          sets,
        ),
      ]),
    '### Time to train',
    timeTable(trials, sets, folder),
  ].join('\n\n');
}

/** References may be of fewer seeds. */
function seedRemark(done: readonly Done[]): string[] {
  const seeds = [...new Set(done.map(({ seed }) => seed))];
  return ways[done[0].way].reference ? [`Seeds: ${seeds.join(', ')}.`] : [];
}

function table(done: readonly Done[], sets: readonly string[]): string {
  const of = (set: string) => done.filter((one) => one.set === set);
  const lines = rows.flatMap((row) => {
    if (!row.ways.includes(done[0]?.way)) return [];
    const valuesOf = (set: string) => numbers(of(set).map(({ metrics, others }) => row.of(metrics, others)));
    const means = sets.map((set) => mean(valuesOf(set)));
    if (means.every(Number.isNaN)) return [];
    const controls = sets.map((set) =>
      row.control ? mean(numbers(of(set).map(({ metrics }) => row.control!(metrics)))) : Number.NaN,
    );
    const cells = sets.map((set, i) => {
      const beside = Number.isNaN(controls[i]) ? '' : ` (${formatValue(controls[i]!)})`;
      if (Number.isNaN(means[i])) return '–';
      const values = valuesOf(set);
      const spread = values.length === 1 ? '' : ` ± ${formatValue(deviation(values))}`;
      const mark = row.isReached(means[i]) ? '' : ' ✗';
      return `${formatValue(means[i])}${spread}${beside}${mark}`;
    });
    const measured = numbers(means);
    const reached = (values: readonly number[]) => values.filter((value) => row.isReached(value)).length;
    const known = numbers(controls);
    const byControls = known.length === 0 ? '' : ` (${reached(known)})`;
    return [[row.title, row.target, ...cells, `${reached(measured)} of ${measured.length}${byControls}`]];
  });
  const head = ['', 'target', ...sets, 'reached'];
  return markdownTable(head, lines);
}

const numbers = (values: readonly number[]): number[] => values.filter((value) => !Number.isNaN(value));

const trainingStages = ['autoencoder', 'decoder', 'decoder-all', 'denoiser'];

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
