import type { Evaluation, SideDescription } from '../../metrics/evaluation.js';
import { formatAmount } from '../../number-format.js';
import { version } from '../../version.js';
import { Markup, markup } from '../markup.js';
import { cellSection } from './cell-section.js';
import { classSection } from './class-section.js';
import { embeddingScript, embeddingScriptHash } from './embedding-script.js';
import { embeddingSection } from './embedding-section.js';
import { figureTable } from './figure-table.js';
import { geneSection } from './gene-section.js';
import { headlineSection } from './headline-section.js';
import { markerSection } from './marker-section.js';
import { memorisationSection } from './memorisation-section.js';
import { programmeSection } from './programme-section.js';
import { styleSheet } from './style-sheet.js';
import { verdictSection, warningSection } from './verdict-section.js';

/** No address is ever asked, and no script but our own runs, whatever the files hold. */
const policy = `default-src 'none'; style-src 'unsafe-inline'; script-src '${embeddingScriptHash}'`;

const contents: readonly (readonly [id: string, title: string])[] = [
  ['headlines', 'Headlines'],
  ['warnings', 'Warnings'],
  ['embedding', 'Map of cells'],
  ['genes', 'Genes'],
  ['cells', 'Cells'],
  ['classes', 'Labels'],
  ['markers', 'Markers'],
  ['programmes', 'Programmes'],
  ['memorisation', 'Memorisation'],
  ['figures', 'All figures'],
];

/** The text of report.html: one file that asks nothing of the network. */
export function reportPage(evaluation: Evaluation): string {
  const { real, generated } = evaluation;
  const page = markup`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<title>${fileName(generated)} beside ${fileName(real)} - cellcrate evaluation</title>
<style>${new Markup(styleSheet)}</style>
</head>
<body>
${pageHeader(evaluation)}
<main>
${verdictSection(evaluation)}
<nav aria-label="Sections">${contents.map(([id, title]) => markup`<a href="#${id}">${title}</a>`)}</nav>
${headlineSection(evaluation)}
${warningSection(evaluation)}
${embeddingSection(evaluation)}
${geneSection(evaluation)}
${cellSection(evaluation)}
${classSection(evaluation)}
${markerSection(evaluation)}
${programmeSection(evaluation)}
${memorisationSection(evaluation)}
${figureTable(evaluation)}
</main>
${pageFooter(evaluation)}
<script>${new Markup(embeddingScript)}</script>
</body>
</html>
`;
  return page.text;
}

function pageHeader({ real, generated, train }: Evaluation): Markup {
  return markup`<header>
<h1>cellcrate evaluation</h1>
<p class="files">Generated: ${described(generated)}</p>
<p class="files">Real, held out: ${described(real)}</p>
<p class="files">Training, for the control: ${train === null ? 'none given' : described(train)}</p>
</header>`;
}

function pageFooter({ seed, values, genes }: Evaluation): Markup {
  const compared =
    values === 'counts'
      ? 'Counts, brought to one median total and log1p'
      : 'Log-normalised values as they were';
  const left = genes.onlyReal + genes.onlyGenerated;
  const loss =
    left === 0
      ? ''
      : ` Left out: ${formatAmount(genes.onlyReal, 'gene')} only in the real file, ${formatAmount(genes.onlyGenerated, 'gene')} only in the generated one.`;
  return markup`<footer><p>${compared}; ${formatAmount(genes.shared, 'shared gene')}.${loss} Seed ${seed}. cellcrate ${version}. The same figures as numbers: metrics.json and metrics.csv; the plots as files: plots/.</p></footer>`;
}

const described = ({ file, cells, genes }: SideDescription): Markup =>
  markup`<span class="file">${file}</span>, ${formatAmount(cells, 'cell')}, ${formatAmount(genes, 'gene')}`;

const fileName = ({ file }: SideDescription): string => file.split(/[\\/]/).at(-1)!;
