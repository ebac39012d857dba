import assert from 'node:assert/strict';
import { test } from 'node:test';
import { allPlots } from '../../src/report/plots/all-plots.js';
import { binShares } from '../../src/report/plots/histogram.js';
import { labelPlaces } from '../../src/report/plots/label-places.js';
import { drawPoints } from '../../src/report/plots/points.js';
import { linearScale } from '../../src/report/plots/scale.js';
import { labelColours, lightTheme, otherColour, pageTheme } from '../../src/report/plots/theme.js';
import { pngOf, systemHasFont } from '../../src/report/png.js';
import { simulatedEvaluation } from './simulated-evaluation.js';

test('plots for files have fixed colours, for the page those of its style', () => {
  for (const plot of allPlots(simulatedEvaluation())) {
    assert.doesNotMatch(plot.draw(lightTheme).text, /var\(/, plot.name);
    assert.match(plot.draw(pageTheme).text, /var\(--ink\)/, plot.name);
  }
});

test('no coordinate is undefined, whatever is missing or not finite', () => {
  const evaluation = simulatedEvaluation();
  evaluation.geneProfile.generated.mean.set([Number.NaN, Number.POSITIVE_INFINITY, 0, -1]);
  evaluation.geneProfile.generated.variance.fill(0);
  evaluation.cellProfile.generated.genesPerCell.fill(0);
  evaluation.embedding!.coordinates.fill(0);
  for (const plot of allPlots(evaluation)) {
    assert.doesNotMatch(plot.draw(lightTheme).text, /NaN|undefined|Infinity/, plot.name);
  }
});

test('histogram bins hold all cells, those outside in the end bins', () => {
  const scale = linearScale([0, 40], [0, 400]);
  const shares = binShares(Float32Array.of(-5, 0.5, 1.5, 39.5, 100, Number.NaN), scale, [0, 400]);
  assert.deepEqual([shares[0], shares[1], shares[39]], [40, 20, 40]);
  assert.equal(shares.length, 40);
});

test('points that cannot be told apart are drawn once', () => {
  const scale = linearScale([0, 1], [0, 100]);
  const style = { colour: 'red', shape: 'round', size: 3, opacity: 1 } as const;
  const { text } = drawPoints([0.5, 0.5001, 0.9, Number.NaN], [0.5, 0.5, 0.5, 0.5], scale, scale, style);
  assert.equal(text.match(/M/g)?.length, 2);
});

test('names on the map lie apart, the largest label first', () => {
  const places = labelPlaces({
    ...{ method: 'pca', labels: ['rare', 'common', 'far'], codes: Int32Array.of(1, 1, 0, 2) },
    coordinates: Float32Array.of(0, 0, 0, 0, 0.01, 0, 10, 10),
    ...{ isGenerated: new Uint8Array(4), rows: new Int32Array(4) },
  });
  assert.deepEqual(
    places.map(({ label }) => label),
    ['common', 'far'],
  );
});

test('thirty labels have thirty colours', () => {
  assert.equal(new Set(labelColours).size, 30);
});

test('a PNG has the right signature and twice the size', () => {
  const [plot] = allPlots(simulatedEvaluation()).filter(({ name }) => name === 'gene-means');
  const png = Buffer.from(pngOf(plot.draw(lightTheme).text));
  assert.equal(png.subarray(0, 8).toString('hex'), '89504e470d0a1a0a');
  assert.deepEqual([png.readUInt32BE(16), png.readUInt32BE(20)], [720, 580]);
});

test('text shows in a PNG where the system has a font', (t) => {
  if (!systemHasFont()) return t.skip('needs a font of the system');
  const page = (text: string) =>
    `<svg xmlns="http://www.w3.org/2000/svg" width="99" height="30" font-family="Helvetica, sans-serif"><text y="20">${text}</text></svg>`;
  assert.notDeepEqual(pngOf(page('AUROC')), pngOf(page('')));
});

test('the legend of labels has the colours of their cells, the rest in grey', () => {
  const labels = Array.from({ length: 32 }, (_, i) => `label ${i}`);
  const plots = allPlots(simulatedEvaluation({ cells: 2000, labels }));
  const { text } = plots.find(({ name }) => name === 'embedding-by-label')!.draw(lightTheme);
  const legend = [...text.matchAll(/<circle [^>]*fill="(#\w+)"\/><text[^>]*>([^<]*)</g)];
  assert.deepEqual(
    legend.map(([, colour, label]) => [label, colour]),
    [...labelColours.map((colour, i) => [`label ${i}`, colour]), ['other, or none', otherColour]],
  );
  const strokes = new Set(
    [...text.matchAll(/<g stroke="(#\w+)" stroke-width="[\d.]+" stroke-linecap/g)].map(([, one]) => one),
  );
  assert.deepEqual(strokes, new Set([otherColour, ...labelColours]));
});
