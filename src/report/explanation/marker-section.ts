import type { Explanation } from '../../explain/explanation.js';
import { formatValue } from '../figure-format.js';
import { type Markup, markup } from '../markup.js';
import { absence, headRow, scrollingTable, section } from '../page/section.js';

export function markerMatchSection({ markers, cells, programmes }: Explanation): Markup | null {
  const title = 'Are the programmes real?';
  const found = 'Markers among its genes';
  if (programmes === null) return null;
  if (markers === null) {
    return section(
      'markers',
      title,
      absence('Cell types are not known here, so there are no markers to look for.'),
    );
  }
  const aside =
    cells.test === null ? 'a quarter of the cells, set aside' : 'cells that the model has not seen';
  const scores = markers.scores.map(
    ({ method, ranking, matched, best }) =>
      markup`<tr><th scope="row">${method}</th><td>${ranking}</td><td><strong>${formatValue(matched)}</strong></td><td>${formatValue(best)}</td></tr>`,
  );
  const rows = markers.types.map(
    (one) =>
      markup`<tr><th scope="row">${one.type}</th><td>${one.atom}</td><td>${formatValue(one.auroc)}</td><td><strong>${formatValue(one.precision)}</strong></td><td>${formatValue(one.pca)}</td><td>${formatValue(one.nmf)}</td><td>${formatValue(one.inCells)}</td><td class="genes">${one.found.join(', ') || '–'}</td></tr>`,
  );
  return section(
    'markers',
    title,
    markup`<p>The model was never shown which genes mark a cell type. For each type the ${markers.markersPerType} strongest markers (Welch's t) were taken from ${aside}, and one component of each method was chosen on the other cells by its scores alone: the one that tells the type's cells from all others best. The figure is how early the markers come among the component's genes (average precision; 1 is ideal, chance is ${formatValue(markers.chance)}), mean over types, ${markers.components} components for every method.</p>`,
    scrollingTable(
      'Average precision of markers. Genes by: a component’s own weights, or its covariance with genes in the cells.',
      headRow(['Method', 'Genes by', 'Matched', 'Best']),
      scores,
    ),
    markup`<p class="note">Best: the component that would have been right if one knew the markers; with many components some are right by chance, which the shuffled rows show. PCA is tried with both signs of each component, so its best is of twice as many.</p>`,
    scrollingTable(
      'Each type and the programme that stands for it.',
      headRow(
        ['Type', 'Programme', 'AUROC of its code', 'Precision', 'PCA', 'NMF', 'In cells', found],
        [found],
      ),
      rows,
    ),
  );
}
