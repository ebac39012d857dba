import type { LayerMeasure } from '../../explain/explanation.js';
import { markup } from '../markup.js';
import { type Plot, svg } from './plot.js';

/** A quantity of each layer at each noise level. */
export interface LayerMap {
  readonly name: string;
  readonly title: string;
  readonly measures: readonly LayerMeasure[];
  readonly value: (measure: LayerMeasure) => number;
  readonly label: (value: number) => string;
}

const left = 62;
const top = 26;
const rowHeight = 30;
const width = 440;

/** Layers from the first down, noise levels from clean to noise; the fuller a field, the larger its value's size. */
export function layerHeatMap({ name, title, measures, value, label }: LayerMap): Plot {
  const levels = [...new Set(measures.map(({ t }) => t))].sort((a, b) => a - b);
  const layers = [...new Set(measures.map(({ layer }) => layer))];
  const most = Math.max(1e-9, ...measures.map((one) => Math.abs(value(one))));
  const step = (width - left - 4) / levels.length;
  const said = measures.map((one) => `layer ${one.layer + 1} at ${one.t}: ${label(value(one))}`);
  const description = `${title}: ${said.join(', ')}`;
  return {
    ...{ name, title, description },
    draw: (theme) => {
      const fields = measures.map((one) => {
        const x = left + step * levels.indexOf(one.t);
        const y = top + rowHeight * layers.indexOf(one.layer);
        const own = value(one);
        const colour = own < 0 ? theme.generated : theme.real;
        const opacity = (0.08 + (0.62 * Math.abs(own)) / most).toFixed(2);
        return markup`<rect x="${x.toFixed(1)}" y="${y}" width="${(step - 2).toFixed(1)}" height="${rowHeight - 2}" fill="${colour}" fill-opacity="${opacity}"/><text x="${(x + step / 2 - 1).toFixed(1)}" y="${y + 18}" text-anchor="middle" font-size="10" fill="${theme.ink}">${label(own)}</text>`;
      });
      const rows = layers.map(
        (layer, i) => markup`<text x="2" y="${top + rowHeight * i + 18}">layer ${layer + 1}</text>`,
      );
      const columns = levels.map(
        (t, i) =>
          markup`<text x="${(left + step * (i + 0.5) - 1).toFixed(1)}" y="${top - 8}" text-anchor="middle" font-size="10" fill="${theme.muted}">${t}</text>`,
      );
      const bottom = top + rowHeight * layers.length;
      const legend = markup`<text x="${left}" y="${bottom + 16}" font-size="11" fill="${theme.muted}">noise level: 1 is clean, 999 is noise</text>`;
      return svg({ width, height: bottom + 24 }, description, theme, [rows, columns, fields, legend]);
    },
  };
}
