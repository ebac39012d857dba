import type { Evaluation, MarkerRow } from '../../metrics/evaluation.js';
import { formatAmount } from '../../number-format.js';
import { formatValue } from '../figure-format.js';
import { type Markup, markup } from '../markup.js';
import { markerPlot } from '../plots/marker-plot.js';
import { absence, headRow, plotFigure, scrollingTable, section } from './section.js';

/** The table stops here: metrics.json has all, and the page stays small. */
const mostRows = 1000;

export function markerSection(evaluation: Evaluation): Markup {
  const { markers, labelKey } = evaluation;
  const plot = markerPlot(evaluation);
  if (plot === null) {
    const why =
      labelKey === null
        ? 'No label column was given (--label-key), so there are no markers.'
        : 'No label has enough cells on both sides for markers.';
    return section('markers', 'Marker genes', absence(why));
  }
  const kept = markers.filter((marker) => marker.kept).length;
  const shown = markers.slice(0, mostRows);
  const caption =
    shown.length < markers.length
      ? `The first ${shown.length} of ${markers.length} markers; all are in metrics.json.`
      : 'Markers of each label, with their log2 fold changes.';
  return section(
    'markers',
    'Marker genes',
    markup`<p class="note">Genes that mark a label in the real cells. ${formatAmount(kept, 'marker')} of ${markers.length} are among the label's top markers in the generated cells too.</p>`,
    markup`<div class="grid">${plotFigure(plot, 'On the dashed line, a marker is as strong as in real cells; nearer zero than that, it is flattened.')}</div>`,
    markup`<details><summary>All markers as a table</summary>${scrollingTable(caption, head, shown.map(markerRow))}</details>`,
  );
}

const head = headRow(['Label', 'Gene', 'Real', 'Generated', 'Kept']);

function markerRow({ label, gene, real, generated, kept }: MarkerRow): Markup {
  return markup`<tr><th scope="row">${label}</th><td>${gene}</td><td>${formatValue(real)}</td><td>${formatValue(generated)}</td><td>${kept ? 'yes' : 'no'}</td></tr>`;
}
