import type { DoseResponse } from '../../explain/explanation.js';
import { markup } from '../markup.js';
import { areaOf, axes } from './axes.js';
import { legend } from './legend.js';
import { type Plot, round, svg, usualSize } from './plot.js';
import { linearScale, spanOf } from './scale.js';

/** What turning programmes did: one line a programme for its top genes, one for all others; null without any. */
export function dosePlot(responses: readonly DoseResponse[]): Plot | null {
  if (responses.length === 0) return null;
  const title = 'Dose and response';
  const description = responses
    .map(
      ({ atom, doses }) =>
        `programme ${atom}: ${doses.map((one) => `dose ${one.dose} moves ${one.onTarget.toFixed(2)}`).join(', ')}`,
    )
    .join('; ');
  return {
    ...{ name: 'dose-response', title, description },
    draw: (theme) => {
      const area = areaOf(usualSize);
      const all = responses.flatMap(({ doses }) => doses);
      const x = linearScale(spanOf([0, ...all.map(({ dose }) => dose)], 0.03), [area.left, area.right]);
      const y = linearScale(spanOf([0, ...all.flatMap((one) => [one.onTarget, one.offTarget])], 0.05), [
        area.bottom,
        area.top,
      ]);
      const line = (of: (one: DoseResponse['doses'][number]) => number, colour: string, dash: string) =>
        responses.map(({ doses }) => {
          const points = [
            ...doses,
            { dose: 0, onTarget: 0, offTarget: 0, bystanders: 0, zeros: 0, whole: 1 },
          ].sort((a, b) => a.dose - b.dose);
          const path = points
            .map((one) => `${round(x.place(one.dose))} ${round(y.place(of(one)))}`)
            .join('L');
          return markup`<path d="M${path}" fill="none" stroke="${colour}" stroke-width="1.5" stroke-opacity=".8" stroke-dasharray="${dash}"/>`;
        });
      return svg(usualSize, description, theme, [
        axes(
          { scale: x, title: 'Dose asked for (log2)' },
          { scale: y, title: 'Measured (log2 fold change)' },
          area,
          theme,
        ),
        line(({ onTarget }) => onTarget, theme.generated, ''),
        line(({ offTarget }) => offTarget, theme.muted, '3 3'),
        legend(
          [
            { swatch: 'line', colour: theme.generated, text: 'top genes' },
            { swatch: 'line', colour: theme.muted, text: 'all others (size)' },
          ],
          area,
          theme,
        ),
      ]);
    },
  };
}
