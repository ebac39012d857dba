import { budgetInWords, budgetName, type TrialBudget } from '../../comparison/budget.js';
import type { Comparison } from '../../comparison/comparison.js';
import { type Costs, type Duel, duelsOf, type Rivals, rivalsIn, tallyOf } from '../../comparison/rivals.js';
import type { FigureKey } from '../../metrics/figures.js';
import { formatAmount } from '../../number-format.js';
import { formatValue } from '../figure-format.js';
import { type Content, type Markup, markup } from '../markup.js';
import { absence, headRow, linesOf, scrollingTable } from '../page/section.js';
import { formatSpread } from './rows.js';

/** Figures of a duel's row: told apart by a forest on components and on genes, and the distance of the clouds. */
const duelFigures = ['rf_auroc_pcs', 'rf_auroc_genes', 'mmd'] as const satisfies readonly FigureKey[];

const costTitles: Readonly<Record<keyof Costs, string>> = {
  parameters: 'Parameters',
  evaluation: 'Multiply-adds',
  secondsPerCell: 'Time a training cell',
  trainingMemory: 'Training memory',
  generationSecondsPerCell: 'Time a generated cell',
};

export const rivalTitle = ({ white, black, equal }: Rivals): string => `${white} against ${black}, ${equal}`;

/** Names and texts of a table of duels, for a page or for Markdown. */
export interface DuelTable {
  readonly head: readonly string[];
  /** Cells of one line or several. */
  readonly rows: readonly (readonly (readonly string[])[])[];
}

/** A row for each data set and budget. */
export function duelTable(comparison: Comparison, rivals: Rivals): DuelTable {
  const figures = comparison.figures.filter(({ key }) => duelFigures.some((own) => own === key));
  return {
    head: [...['Data set', 'Budget', ...Object.values(costTitles)], ...figures.map(({ title }) => title)],
    rows: duelsOf(comparison, rivals).map((duel) => [
      ...[[duel.dataSet], [budgetName(duel.budget)]],
      ...costKeys.map((key) => [formatRatio(duel.ratios[key])]),
      ...figures.map(({ key }) => figureLines(comparison, rivals, duel, key)),
    ]),
  };
}

const costKeys = Object.keys(costTitles) as (keyof Costs)[];

const formatRatio = (ratio: number): string => `${formatValue(ratio)}×`;

function figureLines(
  { dataSets }: Comparison,
  { white, black }: Rivals,
  { dataSet, figures }: Duel,
  key: FigureKey,
): string[] {
  const both = figures[key];
  if (both === undefined) return ['–'];
  const control = dataSets.find(({ name }) => name === dataSet)?.control?.figures[key]?.value ?? null;
  return [
    `${white} ${formatSpread(both.white)}`,
    `${black} ${formatSpread(both.black)}`,
    ...(control === null ? [] : [`control ${formatValue(control)}`]),
  ];
}

export function rivalTable(comparison: Comparison, rivals: Rivals): Markup {
  const { head, rows } = duelTable(comparison, rivals);
  if (rows.length === 0) return absence('No data set has both of them yet.');
  return scrollingTable(
    `Costs of ${rivals.white} over those of ${rivals.black}, and the figures of both.`,
    headRow(head),
    rows.map(
      ([name, ...cells]): Content =>
        markup`<tr><th scope="row">${name}</th>${cells.map((cell) => markup`<td>${linesOf(cell)}</td>`)}</tr>`,
    ),
  );
}

/** For each pair of rivals under each budget: what the white box costs, and how it fares, a sentence each. */
export function outcomeSentences(comparison: Comparison): string[] {
  return rivalsIn(comparison.plan.models).flatMap((rivals) => {
    const duels = duelsOf(comparison, rivals);
    return comparison.plan.budgets.flatMap((budget) => {
      const own = duels.filter((duel) => budgetName(duel.budget) === budgetName(budget));
      return own.length === 0 ? [] : [outcomeSentence(comparison, rivals, budget, own)];
    });
  });
}

function outcomeSentence(
  comparison: Comparison,
  { white, black, equal }: Rivals,
  budget: TrialBudget,
  duels: readonly Duel[],
): string {
  const time = formatRatio(median(duels.map(({ ratios }) => ratios.secondsPerCell)));
  const memory = formatRatio(median(duels.map(({ ratios }) => ratios.trainingMemory)));
  const { nearer, even, farther } = tallyOf(comparison, duels, 'rf_auroc_pcs');
  return `${white} against ${black}, ${equal}, ${budgetInWords(budget)}: ${time} the time a training cell, ${memory} the memory. To a random forest on principal components it is nearer to real cells on ${nearer} of ${formatAmount(duels.length, 'data set')}, farther on ${farther}, level within the noise on ${even}.`;
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}
