import type { TraceSection } from '../../explain/explanation.js';
import { markup } from '../markup.js';
import { areaOf, axes } from './axes.js';
import { legend } from './legend.js';
import { type Plot, round, svg, usualSize } from './plot.js';
import { linearScale } from './scale.js';

/** From noise on the left to the clean cell on the right: how many cells have their type for good. */
export function decisionPlot({ steps, decided }: TraceSection): Plot {
  const title = 'When the type is decided';
  const half = (shares: readonly number[]) => steps[shares.findIndex((share) => share >= 0.5)];
  const description = `Share of cells whose type stays: half of them at noise level ${half(decided.asked)}${decided.free === null ? '' : `, without the label at ${half(decided.free)}`}`;
  return {
    ...{ name: 'type-decided', title, description },
    draw: (theme) => {
      const area = areaOf(usualSize);
      const x = linearScale([-1000, 0], [area.left, area.right]);
      const y = linearScale([0, 1], [area.bottom, area.top]);
      const path = (shares: readonly number[]) =>
        `M${shares.map((share, i) => `${round(x.place(-steps[i]))} ${round(y.place(share))}`).join('L')}`;
      const levels = { ...x, label: (tick: number) => String(-tick) };
      return svg(usualSize, description, theme, [
        axes(
          { scale: levels, title: 'Noise level (999 is noise)' },
          { scale: y, title: 'Cells decided' },
          area,
          theme,
        ),
        markup`<path d="${path(decided.asked)}" fill="none" stroke="${theme.real}" stroke-width="2"/>`,
        decided.free &&
          markup`<path d="${path(decided.free)}" fill="none" stroke="${theme.generated}" stroke-width="2"/>`,
        legend(
          [
            {
              ...{ swatch: 'line', colour: theme.real },
              text: decided.free === null ? 'generated cells' : 'label asked for',
            },
            ...(decided.free === null
              ? []
              : [{ swatch: 'line', colour: theme.generated, text: 'label hidden' } as const]),
          ],
          area,
          theme,
        ),
      ]);
    },
  };
}
