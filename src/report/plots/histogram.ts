import { type Markup, markup } from '../markup.js';
import { areaOf, axes } from './axes.js';
import { legend } from './legend.js';
import { round, svg, usualSize } from './plot.js';
import { linearScale, logScale, type Scale, type Span, spanOf } from './scale.js';
import type { Theme } from './theme.js';

/** Values of real cells beside values of generated ones. */
export interface Distributions {
  readonly real: Float32Array;
  readonly generated: Float32Array;
  /** Of the horizontal axis, with its unit. */
  readonly title: string;
  readonly spacing: 'linear' | 'log';
}

const bins = 40;

/** Two histograms over the same bins: real cells as a filled area, generated ones as a line. */
export function histogramPair(distributions: Distributions, description: string, theme: Theme): Markup {
  const { real, generated, title, spacing } = distributions;
  const area = areaOf(usualSize);
  const span = centralSpan(spacing, real, generated);
  const range: Span = [area.left, area.right];
  const x = spacing === 'log' ? logScale(span, range) : linearScale(span, range);
  const shares = [real, generated].map((values) => binShares(values, x, range));
  const y = linearScale([0, 1.05 * spanOf(shares.flat())[1]], [area.bottom, area.top]);
  const [behind, before] = shares.map((heights) => outline(heights, range, y));
  return svg(usualSize, description, theme, [
    axes({ scale: x, title }, { scale: y, title: 'Cells (%)' }, area, theme),
    markup`<path d="${behind}" fill="${theme.real}" fill-opacity=".35" stroke="${theme.real}"/>`,
    markup`<path d="${before}" fill="none" stroke="${theme.generated}" stroke-width="2" stroke-linejoin="round"/>`,
    legend(
      [
        { swatch: 'area', colour: theme.real, text: 'real (held out)' },
        { swatch: 'line', colour: theme.generated, text: 'generated' },
      ],
      area,
      theme,
    ),
  ]);
}

/** Per cent of the values in each of equal bins of the scale's range; what is outside counts in the end bins. */
export function binShares(values: Float32Array, x: Scale, [from, to]: Span): number[] {
  const shares = new Array<number>(bins).fill(0);
  const finite = values.filter(Number.isFinite);
  for (const value of finite) {
    const bin = Math.floor(((x.place(value) - from) / (to - from)) * bins);
    shares[Math.min(bins - 1, bin)] += 100 / finite.length;
  }
  return shares;
}

/** All but the farthest thousandth of the pooled values at each end: one odd cell must not flatten all others. */
function centralSpan(spacing: 'linear' | 'log', ...sides: readonly Float32Array[]): Span {
  const usable = (value: number): boolean => Number.isFinite(value) && (spacing === 'linear' || value > 0);
  const pooled = Float32Array.from(sides.flatMap((side) => [...side].filter(usable))).sort();
  if (pooled.length === 0) return spacing === 'log' ? [1, 10] : [0, 1];
  const end = Math.floor(0.001 * pooled.length);
  return [pooled[end], pooled[pooled.length - 1 - end]];
}

function outline(heights: readonly number[], [from, to]: Span, y: Scale): string {
  const width = (to - from) / heights.length;
  const steps = heights.map((height, bin) => `V${round(y.place(height))}H${round(from + (bin + 1) * width)}`);
  return `M${from} ${y.place(0)}${steps.join('')}V${y.place(0)}`;
}
