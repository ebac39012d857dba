import type { Explanation, Programme } from '../../explain/explanation.js';
import { formatAmount, formatShare } from '../../number-format.js';
import { formatValue } from '../figure-format.js';
import { geneList } from '../gene-list.js';
import { type Markup, markup } from '../markup.js';
import { absence, headRow, scrollingTable, section } from '../page/section.js';

/** The table stops here: programmes.csv has all. */
const mostRows = 25;

export function programmeSection({ programmes, limits, cells }: Explanation): Markup {
  const title = 'Gene programmes';
  if (programmes === null) return section('programmes', title, absence(limits[0] ?? 'This model has none.'));
  const { live, dead, duplicates, coherence, list, zeros, atomsPerCell } = programmes;
  const hasSets = list.some(({ sets }) => sets.length > 0);
  const hasDown = list.some(({ down }) => down.length > 0);
  const prose = ['Genes up', ...(hasDown ? ['Genes down'] : []), 'Types', ...(hasSets ? ['Gene sets'] : [])];
  const head = headRow(['Programme', 'Strength', 'Cells', ...prose], prose);
  const caption =
    live > mostRows
      ? `The ${mostRows} strongest of ${live} programmes; all are in programmes.csv.`
      : 'All programmes, the strongest first.';
  return section(
    'programmes',
    title,
    markup`<p>A cell is a sum of programmes: the decoder writes each as a sparse code of ${formatValue(atomsPerCell)} atoms on average (${formatShare(zeros)} of all codes are zero), and an atom adds its programme to the logarithm of every gene's rate. That map is exactly linear, so what stands here is the model itself and no approximation of it.</p>`,
    markup`<p class="note">${formatAmount(live, 'atom')} used by these cells, ${dead} dead; ${formatAmount(duplicates.length, 'pair')} with a cosine above 0.9 over genes (largest ${formatValue(coherence.most)}, mean size ${formatValue(coherence.mean)}). Fold changes are log2, at the code that its cells typically have. Genes are ranked by what they change in expression (ln(1 + x)), so that genes hardly there do not come first. Types: share of cells that use it${cells.typeKey === null ? '; none are known here' : ''}.</p>`,
    scrollingTable(
      caption,
      head,
      list.slice(0, mostRows).map((one) => programmeRow(one, hasDown, hasSets)),
    ),
  );
}

function programmeRow(
  { atom, strength, share, up, down, types, sets }: Programme,
  hasDown: boolean,
  hasSets: boolean,
): Markup {
  const best = sets.filter(({ q }) => q < 0.05).slice(0, 2);
  const using = types.slice(0, 3).map((one) => `${one.type} ${formatShare(one.share)}`);
  const texts = [
    geneList(up),
    ...(hasDown ? [geneList(down)] : []),
    using.join(', '),
    ...(hasSets ? [best.map(({ set, q }) => `${set} (q ${formatValue(q)})`).join(', ') || '–'] : []),
  ];
  return markup`<tr><th scope="row">${atom}</th><td>${formatValue(strength)}</td><td>${formatShare(share)}</td>${texts.map((text) => markup`<td class="genes">${text}</td>`)}</tr>`;
}
