import type { Evaluation, ProgrammeRow } from '../../metrics/evaluation.js';
import { formatAmount, formatShare } from '../../number-format.js';
import { formatValue } from '../figure-format.js';
import { geneList } from '../gene-list.js';
import { type Markup, markup } from '../markup.js';
import { absence, scrollingTable, section } from './section.js';

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
  const real = programmes.filter(({ together }) => together.real > together.others).length;
  const shown = programmes.slice(0, mostRows);
  const caption =
    shown.length < programmes.length
      ? `The ${shown.length} strongest of ${programmes.length} programmes; all are in programmes.csv.`
      : 'All programmes, the strongest first.';
  const hasDown = shown.some(({ down }) => down.length > 0);
  return section(
    'programmes',
    title,
    markup`<p>The model writes a cell as a sum of programmes, sets of genes that rise together. The top genes of ${real} of ${formatAmount(programmes.length, 'programme')} go together more than other genes as high do in the held-out cells, which the model has not seen.</p>`,
    markup`<p class="note">Cells: the share of generated cells that use the programme. Fold changes are log2, at a typical use; genes come in the order of what it adds to them times the share of cells that have them. Together: mean correlation of the ten top genes over their pairs, in generated cells, in held-out cells, and in held-out cells of other genes with the same means.${labelKey === null ? '' : ` Labels: those of ${labelKey} that use it more than others, with the share of their generated cells that do.`} The page of cellcrate explain says more.</p>`,
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
    ...['Together, generated', 'Together, real', 'Other genes, real'],
  ];
  return markup`<tr>${names.map((name) => markup`<th scope="col"${prose.has(name) ? markup` class="genes"` : null}>${name}</th>`)}</tr>`;
}

const prose: ReadonlySet<string> = new Set(['Genes up', 'Genes down', 'Labels']);

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
