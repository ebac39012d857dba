import type { Explanation } from '../../explain/explanation.js';
import { formatAmount } from '../../number-format.js';
import { version } from '../../version.js';
import { Markup, markup } from '../markup.js';
import { styleSheet } from '../page/style-sheet.js';
import { denoiserSection } from './denoiser-section.js';
import { doseSection } from './dose-section.js';
import { markerMatchSection } from './marker-section.js';
import { objectiveSection } from './objective-section.js';
import { programmeSection } from './programme-section.js';
import { traceSection } from './trace-section.js';

/** No address is ever asked, and no script runs. */
const policy = "default-src 'none'; style-src 'unsafe-inline'";

const ownStyle = `
.grid.wide { grid-template-columns: repeat(auto-fill, minmax(min(100%, 420px), 1fr)); }
`;

/** The text of explain.html: one file that asks nothing of the network. */
export function explanationPage(explanation: Explanation): string {
  const { run, preset, trainedOn, cells, seed, limits } = explanation;
  const shown =
    cells.file === null
      ? `${formatAmount(cells.count, 'generated cell')} in place of real ones`
      : `${formatAmount(cells.count, 'cell')} of ${cells.file}`;
  const page = markup`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<title>${run} - cellcrate explanation</title>
<style>${new Markup(styleSheet + ownStyle)}</style>
</head>
<body>
<header>
<h1>cellcrate explanation</h1>
<p class="files">Model: <span class="file">${run}</span>, preset ${preset}, trained on <span class="file">${trainedOn}</span></p>
<p class="files">Cells shown to it: ${shown}${cells.typeKey === null ? '' : `, types by ${cells.typeKey}`}</p>
</header>
<main>
${limits.length === 0 ? null : markup`<ul class="warnings">${limits.map((limit) => markup`<li><p>${limit}</p></li>`)}</ul>`}
${programmeSection(explanation)}
${markerMatchSection(explanation)}
${doseSection(explanation)}
${objectiveSection(explanation)}
${traceSection(explanation)}
${denoiserSection(explanation)}
</main>
<footer><p>Seed ${seed}. cellcrate ${version}. The same as numbers: explain.json, programmes.csv, markers.csv, doses.csv, layers.csv.</p></footer>
</body>
</html>
`;
  return page.text;
}
