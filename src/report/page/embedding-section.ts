import type { Evaluation, JointEmbedding } from '../../metrics/evaluation.js';
import { formatAmount, formatCount } from '../../number-format.js';
import { shorten } from '../figure-format.js';
import { type Content, type Markup, markup, scriptJson } from '../markup.js';
import { methodName } from '../plots/embedding-plot.js';
import { labelPlaces, longestName } from '../plots/label-places.js';
import { labelColours, otherColour } from '../plots/theme.js';
import { embeddingData } from './embedding-data.js';
import { absence, section } from './section.js';

export function embeddingSection({ embedding, labelKey }: Evaluation): Markup {
  if (embedding === null) return section('embedding', 'Map of cells', absence('No embedding was computed.'));
  const hasLabels = embedding.labels.length > 0;
  const name = methodName[embedding.method];
  const count = formatAmount(embedding.codes.length, 'cell');
  return section(
    'embedding',
    'Map of cells',
    markup`<p class="note">${name} of ${count}, real and generated in equal numbers, embedded together. Good generated cells lie where real ones lie, among them. Real cells are round, generated ones square. <span class="hint">Point at a cell to see what it is: its row is its position in its file, from 0.</span></p>`,
    markup`<noscript><p class="empty">The map needs JavaScript; it is also a picture beside this page: plots/embedding-by-source.svg.</p></noscript>`,
    sourceToggles(embedding),
    markup`<div class="maps">${map('source', 'Real and generated', name, null)}${hasLabels ? map('label', `By label (${labelKey ?? 'label'})`, name, labelNames(embedding)) : null}</div>`,
    hasLabels
      ? labelToggles(embedding)
      : absence('No label column was given (--label-key), so there is no map by label.'),
    markup`<script type="application/json" id="embedding-data">${scriptJson(embeddingData(embedding))}</script>`,
  );
}

function map(by: string, title: string, method: string, names: Content): Markup {
  return markup`<figure><h3>${title}</h3><div class="map"><canvas id="map-${by}" data-by="${by}" role="img" aria-label="${method} of all cells. ${title}"></canvas>${names}<span class="ring" id="ring-${by}" hidden></span><span class="tip" id="tip-${by}" hidden></span></div><figcaption class="axis"><span>Across: ${method} 1. Up: ${method} 2. Without unit.</span></figcaption></figure>`;
}

function labelNames(embedding: JointEmbedding): Markup[] {
  const { coordinates } = embedding;
  const [xs, ys] = [0, 1].map((axis) => coordinates.filter((_, i) => i % 2 === axis).sort());
  const extent = Math.max(xs[xs.length - 1] - xs[0], ys[ys.length - 1] - ys[0]) || 1;
  const share = (value: number, sorted: Float32Array): number =>
    0.5 + (0.96 * (value - (sorted[0] + sorted[sorted.length - 1]) / 2)) / extent;
  return labelPlaces(embedding).map(({ label, at }) => {
    const [left, top] = [share(at[0], xs), 1 - share(at[1], ys)].map((one) => (100 * one).toFixed(1));
    return markup`<span class="name" aria-hidden="true" style="left:${left}%;top:${top}%">${shorten(label, longestName)}</span>`;
  });
}

function sourceToggles({ isGenerated }: JointEmbedding): Markup {
  const generated = isGenerated.filter((one) => one === 1).length;
  return markup`<fieldset class="toggles"><legend>Show</legend>
<label><input type="checkbox" checked data-source="0"><span class="swatch circle" style="background:var(--real)"></span>real <small>${formatCount(isGenerated.length - generated)}</small></label>
<label><input type="checkbox" checked data-source="1"><span class="swatch" style="background:var(--generated)"></span>generated <small>${formatCount(generated)}</small></label></fieldset>`;
}

function labelToggles({ labels, codes }: JointEmbedding): Markup {
  const counts = new Array<number>(labels.length + 1).fill(0);
  for (const code of codes) counts[code < 0 ? labels.length : code]++;
  const names = counts[labels.length] > 0 ? [...labels, 'without label'] : labels;
  const toggles = names.map((label, code) => {
    const colour = code < labels.length ? (labelColours[code] ?? otherColour) : otherColour;
    return markup`<label><input type="checkbox" checked data-label="${code}"><span class="swatch circle" style="background:${colour}"></span>${label} <small>${formatCount(counts[code])}</small></label>`;
  });
  return markup`<fieldset class="toggles"><legend>Labels</legend>${toggles}<button type="button" id="show-labels">All</button><button type="button" id="hide-labels">None</button></fieldset>`;
}
