import { budgetName } from '../../comparison/budget.js';
import type { Comparison, FinishedTrial, StoredFigures, TrialResult } from '../../comparison/comparison.js';
import { type CsvCell, csvText } from '../csv.js';

const stageNames = ['autoencoder', 'decoder', 'decoder-all', 'denoiser'] as const;

/** Columns before the figures, and what they are of a finished trial. */
const columns: Readonly<Record<string, (trial: FinishedTrial) => CsvCell>> = {
  parameters: ({ cost }) => cost.parameters,
  denoiser_parameters: ({ cost }) => cost.denoiserParameters,
  multiply_adds_evaluation: ({ cost }) => cost.evaluation,
  multiply_adds_generated_cell: ({ cost }) => cost.generatedCell,
  ...Object.fromEntries(
    stageNames.flatMap((name) => {
      type Stage = FinishedTrial['stages'][number];
      const column = (key: string, of: (stage: Stage) => number | null) =>
        [
          `${name}_${key}`,
          ({ stages }: FinishedTrial) => {
            const stage = stages.find((one) => one.name === name);
            return stage === undefined ? null : of(stage);
          },
        ] as const;
      return [
        column('batch_size', ({ batchSize }) => batchSize),
        column('steps', ({ steps }) => steps),
        column('epochs', ({ epochs }) => epochs),
        column('seconds', ({ seconds }) => seconds),
        column('seconds_per_step', ({ seconds, steps }) => seconds / steps),
        column('seconds_per_epoch', ({ seconds, epochs }) => seconds / epochs),
        column('first_loss', ({ firstLoss }) => firstLoss),
        column('final_loss', ({ finalLoss }) => finalLoss),
      ];
    }),
  ),
  training_peak_bytes: ({ trainingMemory }) => trainingMemory,
  generated_cells: ({ generation }) => generation.cells,
  generation_seconds: ({ generation }) => generation.seconds,
  generated_cells_per_second: ({ generation }) => generation.cells / generation.seconds,
  generation_peak_bytes: ({ generation }) => generation.memory,
};

/**
 * The text of comparison.csv (RFC 4180, line feeds): a row for each data set, model, budget and seed, with what it cost
 * and every figure; and for each data set rows of real training cells and simple generators, without model, budget and
 * seed. What is not defined is empty.
 */
export function comparisonCsv({ dataSets, figures }: Comparison): string {
  const keys = figures.map(({ key }) => key);
  const values = (own: StoredFigures): CsvCell[] => keys.map((key) => own[key]?.value ?? null);
  const costs = Object.values(columns);
  const rows: CsvCell[][] = [
    ['data_set', 'of', 'model', 'budget', 'seed', 'outcome', 'message', ...Object.keys(columns), ...keys],
  ];
  for (const { name, control, baselines, trials } of dataSets) {
    for (const series of control === null ? [] : [control, ...baselines]) {
      const of = series === control ? 'control' : series.name;
      rows.push([
        name,
        of,
        null,
        null,
        null,
        null,
        null,
        ...costs.map(() => null),
        ...values(series.figures),
      ]);
    }
    for (const trial of trials) {
      rows.push([
        ...[name, 'generated', trial.model, budgetName(trial.budget), trial.seed, trial.outcome],
        messageOf(trial),
        ...costs.map((of) => (trial.outcome === 'finished' ? of(trial) : null)),
        ...(trial.outcome === 'finished' ? values(trial.figures) : keys.map(() => null)),
      ]);
    }
  }
  return csvText(rows);
}

const messageOf = (trial: TrialResult): CsvCell => (trial.outcome === 'failed' ? trial.message : null);
