import { Markup, markup } from '../markup.js';
import { round } from './plot.js';
import type { Scale } from './scale.js';

export interface PointStyle {
  readonly colour: string;
  readonly shape: 'round' | 'square';
  readonly size: number;
  readonly opacity: number;
}

/** Overlapping points darken each other up to so many times; each layer is one path. */
const layers = 6;

/**
 * Points as strokes of no length, a few bytes each. Those that fall on the same half pixel are drawn once, so that the
 * drawing is bounded however many there are; points with a coordinate that is not finite are left out.
 */
export function drawPoints(
  xs: ArrayLike<number>,
  ys: ArrayLike<number>,
  x: Scale,
  y: Scale,
  { colour, shape, size, opacity }: PointStyle,
): Markup {
  const seen = new Set<string>();
  for (let i = 0; i < xs.length; i++) {
    if (!Number.isFinite(xs[i]) || !Number.isFinite(ys[i])) continue;
    seen.add(`M${round(x.place(xs[i]))} ${round(y.place(ys[i]))}h.01`);
  }
  const paths: string[] = Array(Math.min(layers, seen.size)).fill('');
  let next = 0;
  for (const point of seen) paths[next++ % paths.length] += point;
  return markup`<g stroke="${colour}" stroke-width="${size}" stroke-linecap="${shape}" stroke-opacity="${opacity}">${paths.map((path) => new Markup(`<path d="${path}"/>`))}</g>`;
}
