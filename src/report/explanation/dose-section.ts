import type { Explanation } from '../../explain/explanation.js';
import { formatShare } from '../../number-format.js';
import { formatValue } from '../figure-format.js';
import { type Markup, markup } from '../markup.js';
import { headRow, plotFigure, scrollingTable, section } from '../page/section.js';
import { dosePlot } from '../plots/dose-plot.js';

export function doseSection({ doses }: Explanation): Markup | null {
  const plot = dosePlot(doses);
  if (plot === null) return null;
  const head = headRow([
    'Programme',
    'Dose',
    'Top genes',
    'All others',
    'Bystanders',
    'Zeros',
    'Whole numbers',
  ]);
  const rows = doses.flatMap(({ atom, doses: own }) =>
    own.map(
      (one) =>
        markup`<tr><th scope="row">${atom}</th><td>${formatValue(one.dose)}</td><td>${formatValue(one.onTarget)}</td><td>${formatValue(one.offTarget)}</td><td>${formatValue(one.bystanders)}</td><td>${formatShare(one.zeros)}</td><td>${formatShare(one.whole)}</td></tr>`,
    ),
  );
  return section(
    'doses',
    'Turning a programme',
    markup`<p><code>cellcrate generate RUN --program ${doses[0].atom}=+1</code> raises programme ${doses[0].atom} by one doubling of its 20 top genes against all others in every cell; then each cell is brought back to its total, so genes rise by less. The same cells were decoded at several doses, the strongest programmes one at a time. Below zero only cells that use the programme have something to lose. All others: every gene but the 20, so lower genes of the same programme too. Bystanders: genes that the programme gives less than a tenth of what it gives the 20; they move only because a cell's total stays.</p>`,
    markup`<div class="grid">${plotFigure(plot, 'Mean log2 fold change of expected counts.')}</div>`,
    markup`<details><summary>As a table</summary>${scrollingTable('Log2 fold changes of expected counts; zeros and whole numbers of counts drawn.', head, rows)}</details>`,
  );
}
