import type { Evaluation } from '../../metrics/evaluation.js';
import { type Markup, markup } from '../markup.js';
import { genesPerCellPlot, librarySizePlot } from '../plots/cell-plots.js';
import { absence, plotFigure, section } from './section.js';

export function cellSection(evaluation: Evaluation): Markup {
  const libraries = librarySizePlot(evaluation);
  return section(
    'cells',
    'Library size and genes per cell',
    markup`<p class="note">The outermost bars hold what lies beyond them.</p>`,
    markup`<div class="grid">${[
      libraries === null
        ? absence('The files hold no counts to compare on both sides, so cells have no library size here.')
        : plotFigure(libraries, 'Sequencing depth. The line of the generated cells should follow the area.'),
      plotFigure(genesPerCellPlot(evaluation), 'Genes above zero in a cell, of the genes compared.'),
    ]}</div>`,
  );
}
