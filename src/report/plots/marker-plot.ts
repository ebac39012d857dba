import type { Evaluation, MarkerRow } from '../../metrics/evaluation.js';
import { type Markup, markup } from '../markup.js';
import { areaOf } from './axes.js';
import { identityFrame } from './identity-scatter.js';
import { legend } from './legend.js';
import { type Plot, round, usualSize } from './plot.js';
import { drawPoints } from './points.js';
import { linearScale, type Scale, type Span, spanOf } from './scale.js';
import type { Theme } from './theme.js';

/** Null without markers. */
export function markerPlot({ markers }: Evaluation): Plot | null {
  if (markers.length === 0) return null;
  const description =
    'Log2 fold change of every marker in generated cells against that in real cells; the most extreme ones stand at the edge';
  return {
    name: 'marker-fold-changes',
    title: 'Fold changes of markers',
    description,
    draw: (theme) => drawMarkers(markers, description, theme),
  };
}

function drawMarkers(markers: readonly MarkerRow[], description: string, theme: Theme): Markup {
  const kept = markers.filter((marker) => marker.kept);
  const lost = markers.filter((marker) => !marker.kept);
  const domain = mostOf(markers.flatMap(({ real, generated }) => [real, generated]));
  const frame = { scale: linearScale, domain, name: 'Log2 fold change' };
  const style = { colour: theme.generated, shape: 'round', size: 5, opacity: 0.55 } as const;
  return identityFrame(frame, description, theme, (x, y) => [
    drawPoints(
      kept.map(({ real }) => real),
      kept.map(({ generated }) => generated),
      x,
      y,
      style,
    ),
    markup`<path d="${crosses(lost, x, y)}" stroke="${theme.muted}" fill="none"/>`,
    legend(
      [
        { swatch: 'circle', colour: theme.generated, text: `kept (${kept.length})` },
        { swatch: 'cross', colour: theme.muted, text: `lost (${lost.length})` },
      ],
      areaOf(usualSize),
      theme,
    ),
  ]);
}

/** A gene that one side lacks has a fold change near 30, of the pseudocount alone: such few stand at the edge. */
function mostOf(foldChanges: readonly number[]): Span {
  const sorted = foldChanges.filter(Number.isFinite).sort((a, b) => a - b);
  const cut = Math.floor(EDGE * sorted.length);
  return spanOf([0, ...sorted.slice(cut, sorted.length - cut)], 0.04);
}

const EDGE = 0.02;

const crosses = (markers: readonly MarkerRow[], x: Scale, y: Scale): string =>
  markers
    .filter(({ real, generated }) => Number.isFinite(real) && Number.isFinite(generated))
    .map(
      ({ real, generated }) =>
        `M${round(x.place(real)) - 2.5} ${round(y.place(generated)) - 2.5}l5 5m0-5l-5 5`,
    )
    .join('');
