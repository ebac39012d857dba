import type { ClassRow, Estimate, Evaluation } from '../../metrics/evaluation.js';
import { formatCount } from '../../number-format.js';
import { formatInterval, formatShareIfAny, formatValue } from '../figure-format.js';
import { type Content, type Markup, markup } from '../markup.js';
import { absence, headRow, scrollingTable, section } from './section.js';

const title = 'Label by label';

export function classSection({ classes, labelKey }: Evaluation): Markup {
  if (labelKey === null) {
    const sentence = 'No label column was given (--label-key), so cells were compared only all together.';
    return section('classes', title, absence(sentence));
  }
  if (classes.length === 0) {
    const sentence = `No label of the column ${labelKey} is on both sides.`;
    return section('classes', title, absence(sentence));
  }
  const caption = `Cells by ${labelKey}. A dash: too few cells, or not computed.`;
  return section(
    'classes',
    title,
    markup`<p class="note">Recognised: the share of cells that a classifier trained on real cells gives their own label. Forest AUROC: a random forest tells generated from held-out cells of the label; 0.5 is ideal. MMD²: a distance; 0 is ideal. Fold changes: slope of the markers' fold changes, generated on real; 1 is ideal, below 1 they are flattened. Nearer to training: how often a generated cell of the label lies nearer to a training cell than a held-out one does; 0.5 is ideal, 1 is copying. Distances: to the nearest training cell, median of generated and of held-out cells.</p>`,
    scrollingTable(caption, head, classes.map(classRow)),
  );
}

const head = headRow([
  'Label',
  'Real cells',
  'Generated cells',
  'Real recognised',
  'Generated recognised',
  'Forest AUROC',
  'MMD²',
  'Fold changes',
  'Nearer to training',
  'Distances',
]);

function classRow(row: ClassRow): Markup {
  const cells: Content[] = [
    formatCount(row.real),
    formatCount(row.generated),
    formatShareIfAny(row.recognisedReal),
    formatShareIfAny(row.recognisedGenerated),
    estimateCell(row.forestAuroc),
    estimateCell(row.mmd),
    row.foldChangeSlope === null ? '–' : formatValue(row.foldChangeSlope),
    estimateCell(row.nearerShare),
    `${distance(row.toTrainingGenerated)} / ${distance(row.toTrainingReal)}`,
  ];
  return markup`<tr><th scope="row">${row.label}</th>${cells.map((cell) => markup`<td>${cell}</td>`)}</tr>`;
}

const distance = (value: number | null): string => (value === null ? '–' : formatValue(value));

function estimateCell(estimate: Estimate | null): Content {
  if (estimate === null) return '–';
  const interval = formatInterval(estimate);
  return [formatValue(estimate.value), interval === null ? null : markup`<small>${interval}</small>`];
}
