import type { Evaluation } from '../../metrics/evaluation.js';
import { formatAmount } from '../../number-format.js';
import { type Markup, markup } from '../markup.js';
import { nearestTrainingPlot } from '../plots/cell-plots.js';
import { absence, plotFigure, section } from './section.js';

export function memorisationSection(evaluation: Evaluation): Markup {
  const plot = nearestTrainingPlot(evaluation);
  if (plot === null || evaluation.nearestTraining === null) {
    const sentence =
      'No training cells were given (--train), so whether the model copies them cannot be seen.';
    return section('memorisation', 'Memorisation', absence(sentence));
  }
  const copies = evaluation.nearestTraining.exactCopies;
  const found =
    copies === 0
      ? 'No generated cell equals a training cell.'
      : `${formatAmount(copies, 'generated cell')} ${copies === 1 ? 'equals' : 'equal'} a training cell in every gene.`;
  return section(
    'memorisation',
    'Memorisation',
    markup`<p>${found}</p>`,
    markup`<div class="grid">${plotFigure(plot, 'Generated cells should lie as far from the training cells as held-out cells do. A line to the left of the area means copying.')}</div>`,
  );
}
