/**
 * Draws what `npm run bench -- growth --json` found, time and memory against what grows, and prints it as a table: the
 * pictures and the table of docs/performance.md.
 *
 *   npm run -s bench -- growth --threads 2 --json > growth.json && node build/scripts/growth-plots.js growth.json docs/pictures
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { BenchResult } from '../bench/result.js';
import { CellcrateError, OptionError } from '../src/errors.js';
import { writeFileAtomic } from '../src/io/atomic.js';
import { formatBytes, formatNumber } from '../src/number-format.js';
import { type Markup, markup } from '../src/report/markup.js';
import { areaOf, axes } from '../src/report/plots/axes.js';
import { legend } from '../src/report/plots/legend.js';
import { round, svg, usualSize } from '../src/report/plots/plot.js';
import { logScale, spanOf } from '../src/report/plots/scale.js';
import { labelColour, lightTheme } from '../src/report/plots/theme.js';
import { markdownTable } from './markdown.js';

/** A quantity at each value of what grows. */
interface Line {
  readonly name: string;
  readonly at: readonly number[];
  readonly values: readonly number[];
}

const titles: Readonly<Record<string, string>> = {
  cells: 'cells',
  genes: 'genes',
  tokens: 'tokens of the denoiser',
  depth: 'layers of the denoiser',
};

/** What of a result is shown against what grows, in seconds. */
function partsOf(what: string, { settings, medianSeconds, figures }: BenchResult): [string, number][] {
  if (what === 'cells') {
    const phases = ['split', 'train', 'generate', 'evaluate'];
    return phases.map((phase) => [phase, Number(figures[`${phase}MedianSeconds`])]);
  }
  const stage = String(settings.stage);
  return what === 'genes' || stage === 'denoiser' ? [[stage, medianSeconds]] : [];
}

async function main([file, folder]: readonly string[]): Promise<void> {
  if (folder === undefined) {
    throw new OptionError('growth-plots', 'two arguments are needed', 'RESULTS.json FOLDER_OF_PICTURES');
  }
  const results = JSON.parse(readFileSync(file, 'utf8')) as BenchResult[];
  for (const what of Object.keys(titles)) {
    const own = results.filter(({ settings }) => settings.grown === what);
    const values = [...new Set(own.map(({ settings }) => Number(settings[what])))];
    const times = timesOf(what, own);
    const memory = values.map((value) =>
      Math.max(...own.filter(({ settings }) => settings[what] === value).map((one) => one.peakMemoryBytes)),
    );
    await writeFileAtomic(join(folder, `growth-${what}.svg`), picture(what, times, values, memory).text);
    const head = [titles[what], ...times.map(({ name }) => name), 'peak of memory'];
    const rows = values.map((value, i) => [
      value.toLocaleString('en-US'),
      ...times.map((line) => `${formatNumber(line.values[i])} s`),
      formatBytes(memory[i]),
    ]);
    console.log(`${markdownTable(head, rows)}\n`);
  }
}

function timesOf(what: string, results: readonly BenchResult[]): Line[] {
  const lines = new Map<string, { at: number[]; values: number[] }>();
  for (const result of results) {
    for (const [name, seconds] of partsOf(what, result)) {
      const line = lines.get(name) ?? { at: [], values: [] };
      line.at.push(Number(result.settings[what]));
      line.values.push(seconds);
      lines.set(name, line);
    }
  }
  return [...lines].map(([name, line]) => ({ name, ...line }));
}

/** Time on the left, memory on the right, on logarithmic axes. */
function picture(
  what: string,
  times: readonly Line[],
  values: readonly number[],
  memory: readonly number[],
): Markup {
  const { width, height } = usualSize;
  const megabytes = memory.map((bytes) => bytes / 1e6);
  const unit = what === 'cells' ? 'time (s)' : 'time a training step (s)';
  const title = titles[what];
  return svg({ width: 2 * width, height }, `Time and memory against ${title}`, lightTheme, [
    panel(times, unit, title),
    markup`<g transform="translate(${width} 0)">${panel([{ name: 'process', at: values, values: megabytes }], 'peak of memory (MB)', title)}</g>`,
  ]);
}

function panel(lines: readonly Line[], unit: string, title: string): Markup {
  const area = areaOf(usualSize);
  const x = logScale(spanOf(lines.flatMap(({ at }) => at)), [area.left, area.right]);
  const [low, high] = spanOf(lines.flatMap(({ values }) => values));
  const y = logScale([low / 1.3, high * 1.3], [area.bottom, area.top]);
  const drawn = lines.map(({ at, values }, i) => {
    const points = at.map((value, k) => [round(x.place(value)), round(y.place(values[k]))]);
    const colour = labelColour(i);
    return markup`<path d="M${points.map((point) => point.join(' ')).join('L')}" fill="none" stroke="${colour}" stroke-width="2"/>${points.map(([px, py]) => markup`<circle cx="${px}" cy="${py}" r="3" fill="${colour}"/>`)}`;
  });
  const entries = lines.map(({ name }, i) => ({
    swatch: 'line' as const,
    colour: labelColour(i),
    text: name,
  }));
  return markup`${axes({ scale: x, title }, { scale: y, title: unit }, area, lightTheme)}${drawn}${lines.length > 1 ? legend(entries, area, lightTheme) : null}`;
}

try {
  await main(process.argv.slice(2));
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = error instanceof CellcrateError ? error.exitStatus : 2;
}
