import type { Explanation, TracedCell } from '../../explain/explanation.js';
import { formatValue } from '../figure-format.js';
import { type Markup, markup } from '../markup.js';
import { headRow, plotFigure, scrollingTable, section } from '../page/section.js';
import { decisionPlot } from '../plots/decision-plot.js';

export function traceSection({ trace, cells }: Explanation): Markup | null {
  if (trace === null) return null;
  const prose = ['Types on its way', 'Programmes (code)', 'Nearest cells'];
  const head = headRow(['Cell', 'Asked for', 'Decided at', ...prose], prose);
  const { asked, free } = trace.halfDecided;
  return section(
    'cells',
    'How cells came about',
    markup`<p>At every step the denoiser sees a clean cell in the noisy one. The type whose mean is nearest to it is the type at that step, and it is decided when it no longer changes. Half of the cells have theirs by noise level ${asked}${free === null ? '' : ` when a label is asked for, and by ${free} when it is hidden`}; the cluster that was drawn for a cell is told in any case.</p>`,
    markup`<div class="grid">${plotFigure(decisionPlot(trace), 'From noise (left) to the clean cell (right).')}</div>`,
    scrollingTable(
      `Some generated cells: the programmes that move each most away from the mean cell, and the nearest ${cells.file === null ? 'other generated' : 'real'} cells.`,
      head,
      trace.cells.map((cell) => tracedRow(cell, trace.steps)),
    ),
  );
}

function tracedRow(
  { cell, asked, path, decidedAt, programmes, neighbours }: TracedCell,
  steps: readonly number[],
): Markup {
  const turns = path.flatMap((type, i) => (i === 0 || path[i - 1] !== type ? [`${type} (${steps[i]})`] : []));
  const made = programmes.map(
    ({ atom, code, size }) => `${atom} (${formatValue(code)}${size < 0 ? ', below the mean' : ''})`,
  );
  const near = neighbours
    .slice(0, 3)
    .map((one) => `${one.cell}${one.type === null ? '' : ` (${one.type})`} ${formatValue(one.distance)}`);
  return markup`<tr><th scope="row">${cell}</th><td>${asked ?? '–'}</td><td>${decidedAt}</td><td class="genes">${turns.join(', ')}</td><td class="genes">${made.join(', ') || '–'}</td><td class="genes">${near.join(', ')}</td></tr>`;
}
