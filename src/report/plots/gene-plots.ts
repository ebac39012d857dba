import type { Evaluation } from '../../metrics/evaluation.js';
import { areaOf, axes } from './axes.js';
import { identityScatter } from './identity-scatter.js';
import { legend } from './legend.js';
import { type Plot, svg, usualSize } from './plot.js';
import { drawPoints } from './points.js';
import { linearScale, logScale, type Span } from './scale.js';
import type { Theme } from './theme.js';

export function meanVariancePlot(evaluation: Evaluation): Plot {
  const description = 'Variance against mean of every gene, in real and in generated cells';
  return {
    name: 'gene-mean-variance',
    title: 'Variance against mean',
    description,
    draw: (theme) => drawMeanVariance(evaluation, description, theme),
  };
}

export function geneMeansPlot({ geneProfile: { real, generated } }: Evaluation): Plot {
  const description = 'Mean of every gene in generated cells against its mean in real cells';
  return {
    name: 'gene-means',
    title: 'Gene means',
    description,
    draw: (theme) =>
      identityScatter(
        {
          ...{ x: real.mean, y: generated.mean, scale: logScale },
          ...{ domain: positiveSpan([real.mean, generated.mean]), name: 'Mean log expression' },
        },
        description,
        theme,
      ),
  };
}

export function geneZerosPlot({ geneProfile: { real, generated } }: Evaluation): Plot {
  const description = 'Share of zeros of every gene in generated cells against that in real cells';
  return {
    name: 'gene-zeros',
    title: 'Zeros of every gene',
    description,
    draw: (theme) =>
      identityScatter(
        { x: real.zeros, y: generated.zeros, scale: linearScale, domain: [0, 1], name: 'Share of zeros' },
        description,
        theme,
      ),
  };
}

function drawMeanVariance(
  { geneProfile: { real, generated } }: Evaluation,
  description: string,
  theme: Theme,
) {
  const area = areaOf(usualSize);
  const x = logScale(positiveSpan([real.mean, generated.mean]), [area.left, area.right]);
  const y = logScale(positiveSpan([real.variance, generated.variance]), [area.bottom, area.top]);
  const realStyle = { colour: theme.real, shape: 'round', size: 5, opacity: 0.35 } as const;
  const generatedStyle = { colour: theme.generated, shape: 'square', size: 2, opacity: 0.7 } as const;
  return svg(usualSize, description, theme, [
    axes({ scale: x, title: 'Mean log expression' }, { scale: y, title: 'Variance' }, area, theme),
    drawPoints(real.mean, real.variance, x, y, realStyle),
    drawPoints(generated.mean, generated.variance, x, y, generatedStyle),
    legend(
      [
        { swatch: 'circle', colour: theme.real, text: 'real (held out)' },
        { swatch: 'square', colour: theme.generated, text: 'generated' },
      ],
      area,
      theme,
    ),
  ]);
}

/** From the least but one per cent of the positive values, so that a handful of rare genes does not own the axis. */
function positiveSpan(sides: readonly Float32Array[]): Span {
  const positive = Float32Array.from(sides.flatMap((side) => [...side].filter(isPositive))).sort();
  if (positive.length === 0) return [0.1, 1];
  return [positive[Math.floor(0.01 * positive.length)], positive[positive.length - 1] * 1.1];
}

const isPositive = (value: number): boolean => value > 0 && Number.isFinite(value);
