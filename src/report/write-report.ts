import { join } from 'node:path';
import { writeFileAtomic } from '../io/atomic.js';
import { makeFolder } from '../io/make-folder.js';
import type { Evaluation } from '../metrics/evaluation.js';
import { metricsCsv } from './metrics-csv.js';
import { metricsJson } from './metrics-json.js';
import { reportPage } from './page/report-page.js';
import { allPlots } from './plots/all-plots.js';
import { lightTheme } from './plots/theme.js';
import { pngOf, systemHasFont } from './png.js';
import { programmesCsv } from './programmes-csv.js';

/** The folder of the plots, in the folder of the report. */
const plotFolder = 'plots';

export interface WrittenReport {
  /** Paths of the files, `report.html` first. */
  readonly files: readonly string[];
  /** False where the system has no font: the PNG files are without text then, the SVG files and the page are whole. */
  readonly pngHasText: boolean;
}

/**
 * Writes `report.html`, `metrics.json`, `metrics.csv`, `programmes.csv` and `plots/*.svg` and `.png` into a folder, which is made
 * where it is missing. Each file replaces an older one whole or not at all; other files stay.
 * @throws FileError where a file cannot be written
 */
export async function writeReport(folder: string, evaluation: Evaluation): Promise<WrittenReport> {
  const contents = new Map<string, string | Uint8Array>([
    ['report.html', reportPage(evaluation)],
    ['metrics.json', metricsJson(evaluation)],
    ['metrics.csv', metricsCsv(evaluation)],
    // Without rows where there are no programmes, so that none of an earlier report stay.
    ['programmes.csv', programmesCsv(evaluation.programmes ?? [])],
  ]);
  for (const plot of allPlots(evaluation)) {
    const drawing = plot.draw(lightTheme).text;
    contents.set(join(plotFolder, `${plot.name}.svg`), drawing);
    contents.set(join(plotFolder, `${plot.name}.png`), pngOf(drawing));
  }
  makeFolder(join(folder, plotFolder));
  const files: string[] = [];
  for (const [name, content] of contents) {
    const path = join(folder, name);
    await writeFileAtomic(path, content);
    files.push(path);
  }
  return { files, pngHasText: systemHasFont() };
}
