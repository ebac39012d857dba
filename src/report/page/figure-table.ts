import type { Estimate, Evaluation, Figure, FigureGroup } from '../../metrics/evaluation.js';
import { formatCount } from '../../number-format.js';
import { formatInterval, formatValue } from '../figure-format.js';
import { directionOf } from '../judgement.js';
import { type Content, type Markup, markup } from '../markup.js';
import { absence, scrollingTable, section } from './section.js';

const groupTitle: Readonly<Record<FigureGroup, string>> = {
  classifiers: 'Classifiers',
  distances: 'Distances',
  neighbourhoods: 'Neighbourhoods',
  profiles: 'Genes and library sizes',
  biology: 'Biology',
  memorisation: 'Memorisation',
};

/** Every figure, by group, with what it rests on. */
export function figureTable({ figures }: Evaluation): Markup {
  if (figures.length === 0) return section('figures', 'All figures', absence('None was computed.'));
  const baselines = [...new Set(figures.flatMap((figure) => [...figure.baselines.keys()]))];
  const head = markup`<tr>${['Figure', 'Generated', 'Control', ...baselines, 'Cells a side'].map(
    (name) => markup`<th scope="col">${name}</th>`,
  )}</tr>`;
  const groups = Object.keys(groupTitle) as FigureGroup[];
  const body = groups.map((group) => {
    const rows = figures.filter((figure) => figure.group === group);
    if (rows.length === 0) return null;
    const heading = markup`<tr class="group"><th scope="rowgroup" colspan="${baselines.length + 4}"><span class="inview">${groupTitle[group]}</span></th></tr>`;
    return [heading, rows.map((figure) => figureRow(figure, baselines))];
  });
  const caption = 'All figures, with 95% bootstrap intervals where they were drawn.';
  return section('figures', 'All figures', scrollingTable(caption, head, body));
}

function figureRow(figure: Figure, baselines: readonly string[]): Markup {
  const { title, meaning, generated, control } = figure;
  return markup`<tr class="own"><th scope="row">${title}</th><td><strong>${cell(generated)}</strong></td><td>${cell(control)}</td>${baselines.map((name) => markup`<td>${cell(figure.baselines.get(name) ?? null)}</td>`)}<td>${formatCount(generated.n)}</td></tr>
<tr class="explained"><td colspan="${baselines.length + 4}"><span class="inview meaning">${meaning} (${directionOf(figure)})</span></td></tr>`;
}

function cell(estimate: Estimate | null): Content {
  if (estimate === null) return '–';
  const interval = formatInterval(estimate);
  return [formatValue(estimate.value), interval === null ? null : markup`<small>${interval}</small>`];
}
