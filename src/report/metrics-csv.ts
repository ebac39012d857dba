import type { ClassRow, Estimate, Evaluation } from '../metrics/evaluation.js';
import { type CsvCell, csvText } from './csv.js';

const columns = ['figure', 'label', 'of', 'value', 'low', 'high', 'n', 'better', 'ideal', 'group', 'title'];

/**
 * The text of metrics.csv (RFC 4180, line feeds): a row for each figure of each of 'generated', 'control' and the
 * baselines, over all cells (`label` empty) and then by label. `low` and `high` are the 95% interval's ends. What is not
 * defined is empty.
 */
export function metricsCsv(evaluation: Evaluation): string {
  const rows: CsvCell[][] = [columns];
  for (const { key, title, group, better, ideal, generated, control, baselines } of evaluation.figures) {
    const series: [string, Estimate | null][] = [
      ['generated', generated],
      ['control', control],
      ...baselines,
    ];
    for (const [of, estimate] of series) {
      if (estimate !== null) rows.push([key, '', of, ...numbers(estimate), better, ideal, group, title]);
    }
  }
  for (const row of evaluation.classes) rows.push(...classRows(row));
  return csvText(rows);
}

function classRows(row: ClassRow): CsvCell[][] {
  const { label, real, generated, recognisedReal, recognisedGenerated, forestAuroc, mmd, nearerShare } = row;
  const bare = (value: number | null, n: number): CsvCell[] => [value, null, null, n];
  const found: [string, string, CsvCell[] | null, string, number | null, string][] = [
    ['recognised', 'control', bare(recognisedReal, real), 'higher', 1, 'Share recognised'],
    ['recognised', 'generated', bare(recognisedGenerated, generated), 'higher', 1, 'Share recognised'],
    ['forest_auroc', 'generated', forestAuroc && numbers(forestAuroc), 'near', 0.5, 'Forest AUROC'],
    ['mmd', 'generated', mmd && numbers(mmd), 'lower', 0, 'MMD²'],
    ['fold_change_slope', 'generated', bare(row.foldChangeSlope, generated), 'near', 1, 'Fold change slope'],
    [
      'nearer_share',
      'generated',
      nearerShare && numbers(nearerShare),
      'near',
      0.5,
      'Nearer to training cells',
    ],
    ['to_training', 'control', bare(row.toTrainingReal, real), 'near', null, 'Distance to training cells'],
    [
      'to_training',
      'generated',
      bare(row.toTrainingGenerated, generated),
      'near',
      null,
      'Distance to training cells',
    ],
  ];
  return found
    .filter(([, , values]) => values !== null && values[0] !== null)
    .map(([key, of, values, better, ideal, title]) => [
      ...[`class_${key}`, label, of],
      ...(values as CsvCell[]),
      ...[better, ideal, 'classes', title],
    ]);
}

const numbers = ({ value, interval, n }: Estimate): CsvCell[] => [
  value,
  interval?.[0] ?? null,
  interval?.[1] ?? null,
  n,
];
