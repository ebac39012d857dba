import { type Content, type Markup, markup } from '../markup.js';
import type { Theme } from './theme.js';

/** A drawing of the report: in the page, and as `<name>.svg` and `<name>.png`. */
export interface Plot {
  /** Of its files; in kebab-case. */
  readonly name: string;
  readonly title: string;
  /** What there is to see, for those who do not see it. */
  readonly description: string;
  readonly draw: (theme: Theme) => Markup;
}

export interface Size {
  readonly width: number;
  readonly height: number;
}

/** One size for most plots, so that text keeps its size on the smallest phone and pictures align. */
export const usualSize: Size = { width: 360, height: 290 };

/** The plot as an SVG document. */
export function svg(size: Size, description: string, theme: Theme, content: Content): Markup {
  const { width, height } = size;
  return markup`<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-label="${description}" font-family="system-ui, -apple-system, 'Segoe UI', Roboto, Helvetica, Arial, sans-serif" font-size="12" fill="${theme.ink}"><rect width="${width}" height="${height}" fill="${theme.surface}"/>${content}</svg>`;
}

/** Coordinates to half a pixel: as fine as can be seen, and half as long. */
export const round = (place: number): number => Math.round(place * 2) / 2;
