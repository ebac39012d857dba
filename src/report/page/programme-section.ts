import type { Evaluation, ProgrammeRow } from '../../metrics/evaluation.js';
import { formatAmount, formatShare } from '../../number-format.js';
import { formatValue } from '../figure-format.js';
import { geneList } from '../gene-list.js';
import { type Markup, markup } from '../markup.js';
import { absence, headRow, scrollingTable, section } from './section.js';

/** The table stops here: programmes.csv has all. */
const mostRows = 15;
const title = 'Gene programmes';

export function programmeSection({ programmes, labelKey }: Evaluation): Markup {
  if (programmes === null) {
    const sentence =
      'The generated file holds no gene programmes. Those of a model that has them are written by cellcrate generate --with-programs.';
    return section('programmes', title, absence(sentence));
  }
  if (programmes.length === 0)
    return section('programmes', title, absence('No generated cell uses a programme of the file.'));
  const told = programmes.filter(({ together }) => Number.isFinite(together.others));
  const real = told.filter(({ together }) => together.isReal).length;
  const shown = programmes.slice(0, mostRows);
  const caption =
    shown.length < programmes.length
      ? `The ${shown.length} strongest of ${programmes.length} programmes; all are in programmes.csv.`
      : 'All programmes, the strongest first.';
  const hasDown = shown.some(({ down }) => down.length > 0);
  return section(
    'programmes',
    title,
    markup`<p>${
      hasDown
        ? 'The model writes a cell as a sum of programmes, each of which raises some genes and lowers others; what one gives another may take back, so single ones are to be read with care (train --decoder raising has programmes that only raise).'
        : 'The model writes a cell as a sum of programmes, each a set of genes that it raises.'
    } ${
      told.length === 0
        ? 'Whether their genes go together in real cells cannot be told of so few genes.'
        : `The top genes of ${real} of ${formatAmount(told.length, 'programme')} go together in the held-out cells, which the model has not seen, more than in any of 20 draws of other programmes' genes with like means; by chance ${formatValue(told.length / 21)} would.`
    }</p>`,
    markup`<p class="note">Cells: the share of generated cells that use the programme. Fold changes are log2, at a typical use; genes come in the order of what it adds to them times the share of cells that have them. Together: mean correlation of the ten top genes over their pairs, in generated cells, in held-out cells, and of the drawn genes in held-out cells.${labelKey === null ? '' : ` Labels: those of ${labelKey} that use it more than others, with the share of their generated cells that do.`} The page of cellcrate explain says more.</p>`,
    scrollingTable(
      caption,
      headOf(hasDown, labelKey !== null),
      shown.map((row) => programmeRow(row, hasDown, labelKey !== null)),
    ),
  );
}

function headOf(hasDown: boolean, hasLabels: boolean): Markup {
  const names = [
    ...[
      'Programme',
      'Cells',
      'Genes up',
      ...(hasDown ? ['Genes down'] : []),
      ...(hasLabels ? ['Labels'] : []),
    ],
    ...['Together, generated', 'Together, real', 'Drawn genes, real'],
  ];
  return headRow(names, ['Genes up', 'Genes down', 'Labels']);
}

function programmeRow(
  { programme, share, up, down, labels, together }: ProgrammeRow,
  hasDown: boolean,
  hasLabels: boolean,
): Markup {
  const texts = [
    geneList(up),
    ...(hasDown ? [geneList(down)] : []),
    ...(hasLabels ? [labelList(labels)] : []),
  ];
  const correlations = [together.generated, together.real, together.others];
  return markup`<tr><th scope="row">${programme}</th><td>${formatShare(share)}</td>${texts.map((text) => markup`<td class="genes">${text}</td>`)}${correlations.map((value) => markup`<td>${Number.isNaN(value) ? '–' : formatValue(value)}</td>`)}</tr>`;
}

const labelList = (labels: ProgrammeRow['labels']): string =>
  labels
    .slice(0, 3)
    .map(({ label, share }) => `${label} ${formatShare(share)}`)
    .join(', ') || '–';
