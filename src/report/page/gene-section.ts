import type { Evaluation } from '../../metrics/evaluation.js';
import { formatAmount } from '../../number-format.js';
import { type Markup, markup } from '../markup.js';
import { geneMeansPlot, geneZerosPlot, meanVariancePlot } from '../plots/gene-plots.js';
import { plotFigure, section } from './section.js';

export function geneSection(evaluation: Evaluation): Markup {
  const count = formatAmount(evaluation.geneProfile.names.length, 'gene');
  return section(
    'genes',
    'Genes',
    markup`<p class="note">${count} as they are in real and in generated cells, on log-normalised values (natural logarithm). A gene beyond an axis stands at its edge.</p>`,
    markup`<div class="grid">${[
      plotFigure(
        meanVariancePlot(evaluation),
        'Each gene twice. Generated genes below the real cloud vary too little: a sign of averaged cells.',
      ),
      plotFigure(
        geneMeansPlot(evaluation),
        'Each gene once. On the dashed line, generated cells have the mean of the real ones.',
      ),
      plotFigure(
        geneZerosPlot(evaluation),
        'Each gene once. Below the dashed line, a gene is found in too many generated cells.',
      ),
    ]}</div>`,
  );
}
