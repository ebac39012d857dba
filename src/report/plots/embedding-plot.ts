import type { Evaluation, JointEmbedding } from '../../metrics/evaluation.js';
import { shorten } from '../figure-format.js';
import { type Markup, markup } from '../markup.js';
import { type Area, axes } from './axes.js';
import { labelPlaces, longestName } from './label-places.js';
import { drawSwatch, legend } from './legend.js';
import { type Plot, round, type Size, svg } from './plot.js';
import { drawPoints } from './points.js';
import { linearScale, type Scale, spanOf } from './scale.js';
import { labelColour, labelColours, otherColour, type Theme } from './theme.js';

const side = 440;
const area: Area = { left: 34, right: side - 8, top: 30, bottom: side - 12 };
const bySourceSize: Size = { width: side, height: side + 34 };
const byLabelSize: Size = { width: side + 200, height: side + 34 };
/** Of a row of the legend: one for each colour and one for the rest are as high as the drawing. */
const entryHeight = 13;

/** What the method is called where people read it. */
export const methodName: Readonly<Record<JointEmbedding['method'], string>> = {
  tsne: 't-SNE',
  umap: 'UMAP',
  pca: 'PCA',
};

/** Null without an embedding. */
export function embeddingBySourcePlot({ embedding }: Evaluation): Plot | null {
  if (embedding === null) return null;
  const description = `${methodName[embedding.method]} of real and generated cells together, by origin`;
  return {
    name: 'embedding-by-source',
    title: 'Real and generated cells',
    description,
    draw: (theme) => {
      const entries = [
        { swatch: 'circle', colour: theme.real, text: 'real (held out)' },
        { swatch: 'square', colour: theme.generated, text: 'generated' },
      ] as const;
      return svg(bySourceSize, description, theme, [
        frame(embedding, theme),
        mixedClouds(embedding, theme),
        legend(entries, area, theme),
      ]);
    },
  };
}

/** Null without an embedding, and without labels. */
export function embeddingByLabelPlot({ embedding }: Evaluation): Plot | null {
  if (embedding === null || embedding.labels.length === 0) return null;
  const description = `${methodName[embedding.method]} of real and generated cells together, by label`;
  return {
    name: 'embedding-by-label',
    title: 'Cells by label',
    description,
    draw: (theme) => {
      const coloured = embedding.labels.slice(0, labelColours.length);
      const others = cellsWhere(embedding, (i) => !(embedding.codes[i] in coloured));
      const clouds = coloured.map((_, code) => {
        const cells = cellsWhere(embedding, (i) => embedding.codes[i] === code);
        return cloud(embedding, cells, labelColour(code), 'round');
      });
      return svg(byLabelSize, description, theme, [
        frame(embedding, theme),
        cloud(embedding, others, otherColour, 'round'),
        clouds,
        labelNames(embedding, theme),
        labelLegend(coloured, others.length > 0, theme),
      ]);
    },
  };
}

function cellsWhere({ codes }: JointEmbedding, keep: (i: number) => boolean): number[] {
  return Array.from(codes.keys()).filter(keep);
}

/** Some of the real cells, some of the generated ones over them and so on, so that neither side hides the other. */
function mixedClouds(embedding: JointEmbedding, theme: Theme): Markup[] {
  const turns = 8;
  return Array.from({ length: 2 * turns }, (_, turn) => {
    const source = turn % 2;
    const cells = cellsWhere(
      embedding,
      (i) => embedding.isGenerated[i] === source && (i >> 1) % turns === turn >> 1,
    );
    return source === 0
      ? cloud(embedding, cells, theme.real, 'round')
      : cloud(embedding, cells, theme.generated, 'square');
  });
}

function cloud(
  embedding: JointEmbedding,
  cells: readonly number[],
  colour: string,
  shape: 'round' | 'square',
): Markup {
  const { coordinates, codes } = embedding;
  const [x, y] = scales(embedding);
  const size = codes.length > 4000 ? 2 : 3.5;
  return drawPoints(
    cells.map((i) => coordinates[2 * i]),
    cells.map((i) => coordinates[2 * i + 1]),
    x,
    y,
    { colour, shape, size, opacity: 0.6 },
  );
}

/** One unit is as long across as up, since distances are what an embedding shows. */
function scales({ coordinates }: JointEmbedding): [Scale, Scale] {
  const spans = [0, 1].map((axis) => spanOf(coordinates.filter((_, i) => i % 2 === axis)));
  const half = 0.52 * Math.max(...spans.map(([low, high]) => high - low));
  const [x, y] = spans.map(([low, high]) => [(low + high) / 2 - half, (low + high) / 2 + half] as const);
  return [linearScale(x, [area.left, area.right]), linearScale(y, [area.bottom, area.top])];
}

/** Titles without ticks: the units of an embedding mean nothing. */
function frame(embedding: JointEmbedding, theme: Theme): Markup {
  const name = methodName[embedding.method];
  const [x, y] = scales(embedding).map((scale) => ({ ...scale, ticks: [] }));
  return axes({ scale: x, title: `${name} 1` }, { scale: y, title: `${name} 2` }, area, theme);
}

function labelNames(embedding: JointEmbedding, theme: Theme): Markup {
  const [x, y] = scales(embedding);
  const names = labelPlaces(embedding).map(
    ({ label, at }) =>
      markup`<text x="${round(x.place(at[0]))}" y="${round(y.place(at[1])) + 4}">${shorten(label, longestName)}</text>`,
  );
  return markup`<g font-size="11" font-weight="600" text-anchor="middle" stroke="${theme.surface}" stroke-width="3" stroke-linejoin="round" paint-order="stroke">${names}</g>`;
}

function labelLegend(labels: readonly string[], hasOthers: boolean, theme: Theme): Markup {
  const entries = labels.map((label, code) => ({ text: shorten(label, 28), colour: labelColour(code) }));
  if (hasOthers) entries.push({ text: 'other, or none', colour: otherColour });
  const drawn = entries.map(({ text, colour }, i) => {
    const y = area.top + entryHeight * i;
    return markup`${drawSwatch('circle', colour, side + 6, y - 5)}<text x="${side + 26}" y="${y + 5}">${text}</text>`;
  });
  return markup`<g font-size="11" fill="${theme.ink}">${drawn}</g>`;
}
