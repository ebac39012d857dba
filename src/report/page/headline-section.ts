import type { Evaluation, Figure } from '../../metrics/evaluation.js';
import { formatInterval, formatValue } from '../figure-format.js';
import { directionOf, judge, type Standing } from '../judgement.js';
import { type Markup, markup } from '../markup.js';
import { rangePlot } from '../plots/range-plot.js';
import { pageTheme } from '../plots/theme.js';
import { absence, section } from './section.js';

/** Fuller is better; beside the words, for a reader who skims. */
const standingMark: Readonly<Record<Standing, string>> = {
  level: '●',
  ahead: '◕',
  mixed: '◑',
  behind: '○',
  unknown: '–',
};

export function headlineSection({ figures, train }: Evaluation): Markup {
  const headlines = figures.filter(({ headline }) => headline);
  if (headlines.length === 0) return section('headlines', 'Headline figures', absence('None was computed.'));
  const introduction =
    train === null
      ? 'Generated against held-out real cells. No training cells were given (--train), so there is no control: what real cells would score is not known.'
      : 'Generated against held-out real cells. The control is the same figure for real training cells: no generator can be asked for more.';
  return section(
    'headlines',
    'Headline figures',
    markup`<p class="note">${introduction} Dotted lines mark the ideal value, horizontal bars 95% intervals.</p>`,
    markup`<div class="grid">${headlines.map(headlineCard)}</div>`,
  );
}

function headlineCard(figure: Figure): Markup {
  const interval = formatInterval(figure.generated);
  const { standing, words } = judge(figure);
  return markup`<article class="headline"><h3>${figure.title}</h3>
<div class="value">${formatValue(figure.generated.value)}</div>
<p class="interval">${interval === null ? 'without interval' : `95% interval ${interval}`}</p>
<p class="judgement"><span aria-hidden="true">${standingMark[standing]}</span> ${words}</p>
${rangePlot(figure).draw(pageTheme)}
<p class="meaning">${figure.meaning} (${directionOf(figure)})</p></article>`;
}
