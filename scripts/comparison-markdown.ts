import { budgetName } from '../src/comparison/budget.js';
import type { Comparison, DataSetComparison } from '../src/comparison/comparison.js';
import { finishedOf, rivalsIn } from '../src/comparison/rivals.js';
import { formatAmount, formatBytes } from '../src/number-format.js';
import { duelTable, outcomeSentences, rivalTitle } from '../src/report/comparison/rival-table.js';
import { costRows, formatFigure, headlinesOf } from '../src/report/comparison/rows.js';
import { formatValue } from '../src/report/figure-format.js';
import { markdownTable } from './markdown.js';

/** The tables of a comparison as Markdown, under the command that made them. */
export function comparisonMarkdown(comparison: Comparison, command: string): string {
  const { plan, machine, dataSets, left } = comparison;
  const { processor, processors, memory, system, node } = machine;
  return [
    `\`\`\`\n${command}\n\`\`\``,
    `${processor}, ${formatAmount(processors, 'processor')} (${formatAmount(plan.threads, 'thread')} used, device ${plan.device}), ${formatBytes(memory)}, ${system}, Node ${node}. ${formatAmount(plan.seeds, 'seed')}; means, ± their standard deviation.${left === 0 ? '' : ` ${formatAmount(left, 'trial')} left to do.`}`,
    ...outcomeSentences(comparison).map((sentence) => `- ${sentence}`),
    ...rivalsIn(plan.models).flatMap((rivals) => {
      const { head, rows } = duelTable(comparison, rivals);
      const title = `### ${rivalTitle(rivals)}`;
      return [
        title,
        markdownTable(
          head,
          rows.map((row) => row.map((lines) => lines.join('<br>'))),
        ),
      ];
    }),
    ...dataSets.flatMap((dataSet) => [`### ${dataSet.name}`, ...dataSetTables(comparison, dataSet)]),
  ]
    .join('\n\n')
    .replaceAll(/^(- .*)\n\n(?=- )/gm, '$1\n');
}

function dataSetTables(comparison: Comparison, dataSet: DataSetComparison): string[] {
  const { plan } = comparison;
  const others = dataSet.control === null ? [] : [dataSet.control, ...dataSet.baselines];
  return plan.budgets.map((budget) => {
    const columns = plan.models.map((model) => finishedOf(dataSet, model, budget));
    const costs = costRows.map(({ title, lines }) => [
      title,
      ...columns.map((trials) => (trials.length === 0 ? '–' : lines(trials).join('<br>'))),
      ...others.map(() => ''),
    ]);
    const figures = headlinesOf(comparison).map(({ key, title }) => [
      title,
      ...columns.map((trials) => formatFigure(trials, key)),
      ...others.map((series) => shownValue(series.figures[key]?.value)),
    ]);
    const head = [budgetName(budget), ...plan.models, ...others.map(({ name }) => name)];
    return markdownTable(head, [...costs, ...figures]);
  });
}

const shownValue = (value: number | null | undefined): string =>
  typeof value === 'number' ? formatValue(value) : '–';
