import { budgetName, type TrialBudget } from '../../comparison/budget.js';
import type { Comparison } from '../../comparison/comparison.js';
import { type Costs, type Duel, duelsOf, type Rivals, rivalsIn, tallyOf } from '../../comparison/rivals.js';
import type { FigureKey } from '../../metrics/figures.js';
import { formatAmount } from '../../number-format.js';
import { formatValue } from '../figure-format.js';
import { type Content, type Markup, markup } from '../markup.js';
import { absence, scrollingTable } from '../page/section.js';
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
  readonly rows: readonly (readonly string[])[];
}

/** A row for each data set and budget. */
export function duelTable(comparison: Comparison, rivals: Rivals): DuelTable {
  const figures = comparison.figures.filter(({ key }) => duelFigures.some((own) => own === key));
  return {
    head: [
      ...['Data set', 'Budget', ...Object.values(costTitles)],
      ...figures.map(({ title }) => `${title}: ${rivals.white}, ${rivals.black} (control)`),
    ],
    rows: duelsOf(comparison, rivals).map((duel) => [
      ...[duel.dataSet, budgetName(duel.budget)],
      ...costKeys.map((key) => formatRatio(duel.ratios[key])),
      ...figures.map(({ key }) => duelFigure(comparison, duel, key)),
    ]),
  };
}

const costKeys = Object.keys(costTitles) as (keyof Costs)[];

const formatRatio = (ratio: number): string => `${formatValue(ratio)}×`;

function duelFigure({ dataSets }: Comparison, { dataSet, figures }: Duel, key: FigureKey): string {
  const both = figures[key];
  if (both === undefined) return '–';
  const control = dataSets.find(({ name }) => name === dataSet)?.control?.figures[key]?.value ?? null;
  const beside = control === null ? '' : ` (${formatValue(control)})`;
  return `${formatSpread(both.white)}, ${formatSpread(both.black)}${beside}`;
}

export function rivalTable(comparison: Comparison, rivals: Rivals): Markup {
  const { head, rows } = duelTable(comparison, rivals);
  if (rows.length === 0) return absence('No data set has both of them yet.');
  return scrollingTable(
    rivalTitle(rivals),
    markup`<tr>${head.map((name) => markup`<th scope="col">${name}</th>`)}</tr>`,
    rows.map(
      ([name, ...cells]): Content =>
        markup`<tr><th scope="row">${name}</th>${cells.map((cell) => markup`<td>${cell}</td>`)}</tr>`,
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
  { unit, amount }: TrialBudget,
  duels: readonly Duel[],
): string {
  const time = formatRatio(median(duels.map(({ ratios }) => ratios.secondsPerCell)));
  const memory = formatRatio(median(duels.map(({ ratios }) => ratios.trainingMemory)));
  const { nearer, even, farther } = tallyOf(comparison, duels, 'rf_auroc_pcs');
  return `${white} beside ${black} (${equal}), ${amount} ${unit}: ${time} the time a training cell and ${memory} the memory; by a random forest on principal components nearer to real cells on ${nearer}, even within the spread over seeds on ${even}, farther on ${farther} of ${formatAmount(duels.length, 'data set')}.`;
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}
