import { type Content, type Markup, markup } from '../markup.js';
import { areaOf, axes } from './axes.js';
import { svg, usualSize } from './plot.js';
import { drawPoints } from './points.js';
import type { Scale, Span } from './scale.js';
import type { Theme } from './theme.js';

/** The same quantity of the same things, in real (x) and in generated cells (y). */
export interface Agreement {
  readonly x: ArrayLike<number>;
  readonly y: ArrayLike<number>;
  readonly scale: (domain: Span, range: Span) => Scale;
  /** Of both axes. */
  readonly domain: Span;
  readonly name: string;
}

/** Points about the line where generated equals real. */
export function identityScatter(agreement: Agreement, description: string, theme: Theme): Markup {
  const { x, y } = agreement;
  return identityFrame(agreement, description, theme, (across, up) =>
    drawPoints(x, y, across, up, { colour: theme.generated, shape: 'round', size: 4, opacity: 0.4 }),
  );
}

/** Axes of one domain and the identity line, with what `draw` makes of their scales. */
export function identityFrame(
  { scale, domain, name }: Pick<Agreement, 'scale' | 'domain' | 'name'>,
  description: string,
  theme: Theme,
  draw: (x: Scale, y: Scale) => Content,
): Markup {
  const area = areaOf(usualSize);
  const x = scale(domain, [area.left, area.right]);
  const y = scale(domain, [area.bottom, area.top]);
  const line = `M${area.left} ${area.bottom}L${area.right} ${area.top}`;
  return svg(usualSize, description, theme, [
    axes({ scale: x, title: `${name}, real` }, { scale: y, title: `${name}, generated` }, area, theme),
    draw(x, y),
    markup`<path d="${line}" stroke="${theme.ink}" stroke-dasharray="4 3"/>`,
  ]);
}
