import { type Markup, markup } from '../markup.js';
import type { Area } from './axes.js';
import type { Theme } from './theme.js';

/** Shapes differ as well as colours, for those who cannot tell these apart. */
export type Swatch = 'area' | 'line' | 'circle' | 'square' | 'cross';

export interface LegendEntry {
  readonly swatch: Swatch;
  readonly colour: string;
  readonly text: string;
}

/** About the width of a letter at 12 units; text is not measured. */
const letterWidth = 6.4;

/** Entries in one line above an area. */
export function legend(entries: readonly LegendEntry[], { left, top }: Area, theme: Theme): Markup {
  let x = left;
  const drawn = entries.map(({ swatch, colour, text }) => {
    const at = x;
    x += 20 + letterWidth * text.length + 14;
    return markup`${drawSwatch(swatch, colour, at, top - 19)}<text x="${at + 19}" y="${top - 9}" fill="${theme.ink}">${text}</text>`;
  });
  return markup`${drawn}`;
}

/** A swatch of 14 x 12 units with its upper left corner at x, y. */
export function drawSwatch(swatch: Swatch, colour: string, x: number, y: number): Markup {
  const [middle, centre] = [y + 6, x + 7];
  switch (swatch) {
    case 'area':
      return markup`<rect x="${x}" y="${y + 1}" width="14" height="10" fill="${colour}" fill-opacity=".35" stroke="${colour}"/>`;
    case 'line':
      return markup`<path d="M${x} ${middle}h14" stroke="${colour}" stroke-width="2.5"/>`;
    case 'circle':
      return markup`<circle cx="${centre}" cy="${middle}" r="4.5" fill="${colour}"/>`;
    case 'square':
      return markup`<rect x="${centre - 4}" y="${middle - 4}" width="8" height="8" fill="${colour}"/>`;
    case 'cross':
      return markup`<path d="M${centre - 4} ${middle - 4}l8 8m0-8l-8 8" stroke="${colour}" stroke-width="1.75"/>`;
  }
}
