import type { Estimate, Figure } from '../../metrics/evaluation.js';
import { formatValue, shorten } from '../figure-format.js';
import { type Markup, markup } from '../markup.js';
import { type Plot, round, svg } from './plot.js';
import { linearScale, type Scale, type Span, spanOf } from './scale.js';
import type { Theme } from './theme.js';

const width = 360;
const rowHeight = 22;
const left = 152;
const right = width - 62;
/** Letters that have room below the axis and beside it. */
const longestTitle = 44;

interface Row {
  readonly name: string;
  readonly estimate: Estimate;
  readonly kind: 'generated' | 'control' | 'baseline';
}

/** One figure of generated cells with its interval, over the control and the baselines, on one axis. */
export function rangePlot(figure: Figure): Plot {
  const rows = rowsOf(figure);
  const said = rows.map(({ name, estimate }) => `${name} ${formatValue(estimate.value)}`).join(', ');
  const description = `${figure.title}: ${said}`;
  return {
    name: `figure-${figure.key.replaceAll('_', '-')}`,
    title: figure.title,
    description,
    draw: (theme) => draw(figure, rows, description, theme),
  };
}

function rowsOf({ generated, control, baselines }: Figure): Row[] {
  const rows: Row[] = [{ name: 'generated', estimate: generated, kind: 'generated' }];
  if (control !== null) rows.push({ name: 'real (control)', estimate: control, kind: 'control' });
  for (const [name, estimate] of baselines) rows.push({ name, estimate, kind: 'baseline' });
  return rows;
}

function draw(figure: Figure, rows: readonly Row[], description: string, theme: Theme): Markup {
  const { ideal, title } = figure;
  const bottom = 8 + rowHeight * rows.length;
  const ends = rows.flatMap(({ estimate }) => [estimate.value, ...(estimate.interval ?? [])]);
  const x = scaleOf(spanOf(ideal === null ? ends : [...ends, ideal], 0.06));
  const ticks = x.ticks.map((tick) => {
    const at = round(x.place(tick));
    return markup`<path d="M${at} 4V${bottom}" stroke="${theme.grid}"/><text x="${at}" y="${bottom + 15}" text-anchor="middle" font-size="11" fill="${theme.muted}">${x.label(tick)}</text>`;
  });
  const best =
    ideal === null
      ? null
      : markup`<path d="M${round(x.place(ideal))} 4V${bottom}" stroke="${theme.ink}" stroke-dasharray="2 3"/>`;
  const axisTitle = markup`<text x="${(left + right) / 2}" y="${bottom + 32}" text-anchor="middle" font-size="11" fill="${theme.muted}">${shorten(title, longestTitle)}</text>`;
  return svg({ width, height: bottom + 40 }, description, theme, [
    ticks,
    axisTitle,
    best,
    rows.map((row, i) => drawRow(row, 8 + rowHeight * (i + 0.5), x, theme)),
  ]);
}

/** With as many ticks as their labels have room for. */
function scaleOf(domain: Span): Scale {
  const range: Span = [left, right];
  const fits = ({ ticks, label, place }: Scale): boolean =>
    ticks.length < 2 || place(ticks[1]) - place(ticks[0]) > 6.5 * label(ticks[1]).length + 6;
  const scales = [4, 3, 2].map((wanted) => linearScale(domain, range, wanted));
  return scales.find(fits) ?? linearScale(domain, range, 1);
}

function drawRow({ name, estimate, kind }: Row, y: number, x: Scale, theme: Theme): Markup {
  const weight = kind === 'generated' ? 600 : 400;
  const value = markup`<text x="${width - 2}" y="${y + 4}" text-anchor="end" font-weight="${weight}">${formatValue(estimate.value)}</text>`;
  const label = markup`<text x="2" y="${y + 4}" font-weight="${weight}">${shorten(name, 22)}</text>`;
  if (!Number.isFinite(estimate.value)) return markup`${label}${value}`;
  const colour = { generated: theme.generated, control: theme.real, baseline: theme.muted }[kind];
  const at = round(x.place(estimate.value));
  const mark =
    kind === 'generated'
      ? markup`<circle cx="${at}" cy="${y}" r="5" fill="${colour}"/>`
      : markup`<path d="M${at} ${y - 7}v14" stroke="${colour}" stroke-width="3"/>`;
  return markup`${label}${drawInterval(estimate, y, x, colour)}${mark}${value}`;
}

function drawInterval({ interval }: Estimate, y: number, x: Scale, colour: string): Markup | null {
  if (interval === null || !interval.every(Number.isFinite)) return null;
  const [from, to] = interval.map((end) => round(x.place(end)));
  return markup`<path d="M${from} ${y}H${to}" stroke="${colour}" stroke-width="2" stroke-opacity=".6"/>`;
}
