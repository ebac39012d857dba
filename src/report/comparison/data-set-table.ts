import type { TrialBudget } from '../../comparison/budget.js';
import type {
  Comparison,
  DataSetComparison,
  FinishedTrial,
  StoredFigures,
} from '../../comparison/comparison.js';
import { finishedOf } from '../../comparison/rivals.js';
import { formatAmount } from '../../number-format.js';
import { formatValue } from '../figure-format.js';
import { directionOf } from '../judgement.js';
import { type Content, type Markup, markup } from '../markup.js';
import { linesOf, scrollingTable } from '../page/section.js';
import { costRows, formatFigure, headlinesOf } from './rows.js';

/** One data set under one budget: a column for each model, what it costs above, how near it comes below. */
export function dataSetTable(
  comparison: Comparison,
  dataSet: DataSetComparison,
  budget: TrialBudget,
): Markup {
  const models = comparison.plan.models.map((model) => ({
    model,
    trials: finishedOf(dataSet, model, budget),
  }));
  const { control, baselines } = dataSet;
  const others = control === null ? [] : [control, ...baselines];
  const width = 1 + models.length + others.length;
  const head = markup`<tr><th scope="col">Quantity</th>${models.map(({ model, trials }) => modelHead(model, trials, comparison.plan.seeds))}${others.map(({ name }) => markup`<th scope="col">${name}</th>`)}</tr>`;
  const costs = costRows.map(
    ({ title, lines }) =>
      markup`<tr><th scope="row">${title}</th>${models.map(({ trials }) => markup`<td>${trials.length === 0 ? '–' : linesOf(lines(trials))}</td>`)}${others.map(() => markup`<td></td>`)}</tr>`,
  );
  const figures = headlinesOf(comparison).map(
    (figure) =>
      markup`<tr><th scope="row">${figure.title} <small>${directionOf(figure)}</small></th>${models.map(({ trials }) => markup`<td>${formatFigure(trials, figure.key)}</td>`)}${others.map((series) => markup`<td>${figureOf(series.figures, figure.key)}</td>`)}</tr>`,
  );
  return scrollingTable('Means over seeds, ± their standard deviation.', head, [
    groupRow('Costs', width),
    costs,
    groupRow('Beside held-out cells', width),
    figures,
  ]);
}

function modelHead(model: FinishedTrial['model'], trials: readonly FinishedTrial[], seeds: number): Markup {
  const few: Content =
    trials.length === seeds
      ? null
      : markup` <small>${formatAmount(trials.length, 'seed')} of ${seeds}</small>`;
  return markup`<th scope="col">${model}${few}</th>`;
}

const groupRow = (title: string, width: number): Markup =>
  markup`<tr class="group"><th scope="rowgroup" colspan="${width}"><span class="inview">${title}</span></th></tr>`;

function figureOf(figures: StoredFigures, key: keyof StoredFigures): string {
  const value = figures[key]?.value;
  return value === undefined || value === null ? '–' : formatValue(value);
}
