import type { Explanation } from '../../explain/explanation.js';
import { formatShare } from '../../number-format.js';
import { formatValue } from '../figure-format.js';
import { geneList } from '../gene-list.js';
import { type Markup, markup } from '../markup.js';
import { headRow, scrollingTable, section } from '../page/section.js';

export function denoiserSection({ denoiser }: Explanation): Markup | null {
  if (denoiser === null) return null;
  const prose = ['Genes up', 'Genes down'];
  const head = headRow(['Part', 'Layer', 'Tokens', 'Size', ...prose], prose);
  const rows = denoiser.parts.map(
    ({ name, layer, share, size, up, down }) =>
      markup`<tr><th scope="row">${name}</th><td>${layer + 1}</td><td>${share === null ? '–' : formatShare(share)}</td><td>${formatValue(size)}</td><td class="genes">${geneList(up)}</td><td class="genes">${geneList(down)}</td></tr>`,
  );
  return section(
    'denoiser',
    'Heads and atoms of the denoiser',
    markup`<p>Between the denoiser and the genes nothing is linear, so this is an approximation: the mean derivative over cells, at noise level ${denoiser.t}, of what genes would be in the clean cell by each part. Of a head it is the direction in which its subspace moves genes most.</p>`,
    markup`<details><summary>Heads, and the atoms that move genes most</summary>${scrollingTable('Log2 fold change a unit of the part.', head, rows)}</details>`,
  );
}
