/** One panel: points as pairs of coordinates, and the name that colours each. */
export interface Panel {
  readonly title: string;
  readonly points: Float64Array;
  readonly names: readonly string[];
}

/** Apart in hue and lightness, on white and on black (after Okabe and Ito 2008). */
const colours = ['#0a84c6', '#e69f00', '#009e73', '#cc79a7', '#d55e00', '#56b4e9', '#8c6bd1', '#8a8a8a'];

const side = 360;
const margin = { left: 56, top: 40, bottom: 52 } as const;
const gap = 28;
const legendWidth = 120;
const width = margin.left + 2 * side + gap + legendWidth;
const height = margin.top + side + margin.bottom;

const style = `
    text { font: 13px system-ui, 'DejaVu Sans', sans-serif; fill: #24292f }
    .title { font-weight: 600; font-size: 14px }
    .tick { font-size: 11px }
    .back { fill: #ffffff }
    .frame { fill: none; stroke: #8c959f }
    .cells { fill: none; stroke-width: 4.5; stroke-linecap: round; stroke-opacity: 0.75 }
    @media (prefers-color-scheme: dark) {
      text { fill: #e6edf3 }
      .back { fill: #0d1117 }
      .frame { stroke: #6e7681 }
    }
  `;

/** Two panels with the same axes and one legend, as an SVG that follows the reader's light or dark theme. */
export function scatterPair(
  panels: readonly Panel[],
  axes: readonly string[],
  names: readonly string[],
): string {
  const horizontal = scale(panels, 0);
  const vertical = scale(panels, 1);
  const drawn = panels.map((panel, i) => {
    const left = margin.left + i * (side + gap);
    return `<g transform="translate(${left} ${margin.top})">
    <text class="title" x="${side / 2}" y="-14" text-anchor="middle">${escaped(panel.title)}</text>
    ${names.map((name, k) => cellsOf(panel, name, colours[k % colours.length], horizontal, vertical)).join('\n    ')}
    <rect class="frame" width="${side}" height="${side}"/>
    ${horizontal.ticks.map((tick) => `<text class="tick" x="${round(horizontal.at(tick))}" y="${side + 16}" text-anchor="middle">${minus(tick)}</text>`).join('')}
    ${i === 0 ? vertical.ticks.map((tick) => `<text class="tick" x="-8" y="${round(side - vertical.at(tick) + 4)}" text-anchor="end">${minus(tick)}</text>`).join('') : ''}
    <text x="${side / 2}" y="${side + 40}" text-anchor="middle">${escaped(axes[0])}</text>
    ${i === 0 ? `<text transform="translate(-38 ${side / 2}) rotate(-90)" text-anchor="middle">${escaped(axes[1])}</text>` : ''}
  </g>`;
  });
  const legendLeft = margin.left + 2 * side + gap + 16;
  const legend = names.map((name, k) => {
    const y = margin.top + 12 + 22 * k;
    const dot = `<circle cx="${legendLeft}" cy="${y - 4}" r="5" fill="${colours[k % colours.length]}"/>`;
    return `${dot}<text x="${legendLeft + 12}" y="${y}">${escaped(name)}</text>`;
  });
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img">
  <title>${escaped(panels.map(({ title }) => title).join(' and '))} on their first two principal components</title>
  <style>${style}</style>
  <rect class="back" width="${width}" height="${height}"/>
  ${drawn.join('\n  ')}
  ${legend.join('\n  ')}
</svg>
`;
}

interface Scale {
  /** Distance from the axis's start. */
  at(value: number): number;
  readonly ticks: readonly number[];
}

/** From the coordinates of both panels to pixels, with ticks at round numbers. */
function scale(panels: readonly Panel[], axis: number): Scale {
  const values = panels.flatMap(({ points }) => Array.from(points).filter((_, at) => at % 2 === axis));
  const [low, high] = [Math.min(...values), Math.max(...values)];
  const pad = 0.05 * (high - low);
  const at = (value: number) => ((value - low + pad) / (high - low + 2 * pad)) * side;
  const rough = (high - low) / 5;
  const power = 10 ** Math.floor(Math.log10(rough));
  const stride = power * ([1, 2, 5, 10].find((factor) => factor * power >= rough) ?? 10);
  const first = Math.ceil(low / stride);
  const ticks = Array.from({ length: Math.floor(high / stride) - first + 1 }, (_, i) => (first + i) * stride);
  return { at, ticks };
}

/** All points of one name as a single path of dots. */
function cellsOf(panel: Panel, name: string, colour: string, horizontal: Scale, vertical: Scale): string {
  const dots = panel.names.flatMap((own, i) => {
    if (own !== name) return [];
    const x = round(horizontal.at(panel.points[2 * i]));
    const y = round(side - vertical.at(panel.points[2 * i + 1]));
    return [`M${x} ${y}h0`];
  });
  return `<path class="cells" stroke="${colour}" d="${dots.join('')}"/>`;
}

const round = (pixels: number): number => Math.round(pixels * 10) / 10;
const minus = (tick: number): string => String(Number(tick.toPrecision(6))).replace('-', '\u2212');
const escaped = (text: string): string => text.replace(/[&<>"]/g, (symbol) => `&#${symbol.charCodeAt(0)};`);
