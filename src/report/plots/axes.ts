import { type Markup, markup } from '../markup.js';
import { round, type Size } from './plot.js';
import type { Scale } from './scale.js';
import type { Theme } from './theme.js';

/** Where the values of a plot are drawn, in the drawing's units. */
export interface Area {
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

/** Leaves room for ticks, axis titles and one line of legend. */
export const areaOf = ({ width, height }: Size): Area => ({
  left: 58,
  right: width - 20,
  top: 30,
  bottom: height - 44,
});

export interface Axis {
  readonly scale: Scale;
  /** With its unit in brackets. */
  readonly title: string;
}

/** Grid lines, tick labels and titles below and to the left of an area. */
export function axes(x: Axis, y: Axis, area: Area, theme: Theme): Markup {
  const { left, right, top, bottom } = area;
  const xTicks = x.scale.ticks.map((tick) => {
    const at = round(x.scale.place(tick));
    return markup`<path d="M${at} ${top}V${bottom}" stroke="${theme.grid}"/><text x="${at}" y="${bottom + 16}" text-anchor="middle">${x.scale.label(tick)}</text>`;
  });
  const yTicks = y.scale.ticks.map((tick) => {
    const at = round(y.scale.place(tick));
    return markup`<path d="M${left} ${at}H${right}" stroke="${theme.grid}"/><text x="${left - 6}" y="${at + 4}" text-anchor="end">${y.scale.label(tick)}</text>`;
  });
  const middle = (top + bottom) / 2;
  return markup`<g font-size="11" fill="${theme.muted}">${xTicks}${yTicks}</g><path d="M${left} ${top}V${bottom}H${right}" fill="none" stroke="${theme.muted}"/><text x="${(left + right) / 2}" y="${bottom + 36}" text-anchor="middle">${x.title}</text><text transform="translate(13 ${middle}) rotate(-90)" text-anchor="middle">${y.title}</text>`;
}
