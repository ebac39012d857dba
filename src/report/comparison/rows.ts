import type { Comparison, FinishedTrial, TrainedStage } from '../../comparison/comparison.js';
import { type Spread, spreadOf } from '../../comparison/spread.js';
import type { FigureKey } from '../../metrics/figures.js';
import { formatBytes, formatCount, formatDuration } from '../../number-format.js';
import { formatValue } from '../figure-format.js';

/** A row of the tables of a comparison: one quantity of every model. */
export interface CostRow {
  readonly title: string;
  /** What it is over these trials, which differ in their seeds; a line for each stage where stages differ. */
  readonly lines: (trials: readonly FinishedTrial[]) => readonly string[];
}

/** '0.575 ± 0.012', the deviation over seeds where there are several. */
export function formatSpread(spread: Spread | null, format: (value: number) => string = formatValue): string {
  if (spread === null) return '–';
  const { mean, deviation } = spread;
  return deviation === null ? format(mean) : `${format(mean)} ± ${format(deviation)}`;
}

/** '12.3 ms', '1.4 s', '3 min 05 s'. */
const formatTime = (seconds: number): string =>
  seconds < 1 ? `${formatValue(1000 * seconds)} ms` : formatDuration(seconds);

/** 1615552512 as '1,616 M'. */
const formatMillions = (value: number): string => `${formatValue(value / 1e6)} M`;

const once = (
  title: string,
  of: (trial: FinishedTrial) => number,
  format: (value: number) => string,
): CostRow => ({
  title,
  lines: (trials) => [formatSpread(spreadOf(trials.map(of)), format)],
});

/** What is the same for every seed. */
const fixed = (
  title: string,
  of: (trial: FinishedTrial) => number,
  format: (value: number) => string,
): CostRow => ({
  title,
  lines: ([first]) => [format(of(first))],
});

/** A line for each stage, which names it where there are several. */
const perStage = (title: string, text: (stages: readonly TrainedStage[]) => string): CostRow => ({
  title,
  lines: (trials) =>
    trials[0].stages.map(({ name }, i) => {
      const own = text(trials.map(({ stages }) => stages[i]));
      return trials[0].stages.length === 1 ? own : `${name} ${own}`;
    }),
});

const meanOf = (
  stages: readonly TrainedStage[],
  of: (stage: TrainedStage) => number | null,
  format: (value: number) => string,
): string => {
  const spread = spreadOf(stages.map(of));
  return spread === null ? '–' : format(spread.mean);
};

/** The rows about costs, in the order of the tables. Means over seeds; ± is their standard deviation. */
export const costRows: readonly CostRow[] = [
  fixed('Parameters', ({ cost }) => cost.parameters, formatCount),
  fixed('Parameters of the denoiser', ({ cost }) => cost.denoiserParameters, formatCount),
  fixed('Multiply-adds a cell and network evaluation', ({ cost }) => cost.evaluation, formatMillions),
  fixed('Multiply-adds a generated cell', ({ cost }) => cost.generatedCell, formatMillions),
  perStage('Cells a step', ([{ batchSize }]) => formatCount(batchSize)),
  perStage('Steps done', (stages) => meanOf(stages, ({ steps }) => steps, formatCount)),
  perStage('Epochs done', (stages) => meanOf(stages, ({ epochs }) => epochs, formatValue)),
  perStage('Time a step', (stages) => meanOf(stages, ({ seconds, steps }) => seconds / steps, formatTime)),
  perStage('Time an epoch', (stages) =>
    meanOf(stages, ({ seconds, epochs }) => seconds / epochs, formatTime),
  ),
  once('Training time', ({ stages }) => stages.reduce((sum, { seconds }) => sum + seconds, 0), formatTime),
  perStage('Training loss, first to final', (stages) =>
    [
      meanOf(stages, ({ firstLoss }) => firstLoss, formatValue),
      meanOf(stages, ({ finalLoss }) => finalLoss, formatValue),
    ].join(' to '),
  ),
  once('Peak memory of training', ({ trainingMemory }) => trainingMemory, formatBytes),
  once('Generated cells a second', ({ generation: { cells, seconds } }) => cells / seconds, formatValue),
  once('Peak memory of generation', ({ generation }) => generation.memory, formatBytes),
];

/** A figure over seeds. */
export const formatFigure = (trials: readonly FinishedTrial[], key: FigureKey): string =>
  formatSpread(spreadOf(trials.map(({ figures }) => figures[key]?.value)));

/** The few figures that tables show; comparison.csv has them all. */
export const headlinesOf = ({ figures }: Comparison): Comparison['figures'] =>
  figures.filter(({ headline }) => headline);
