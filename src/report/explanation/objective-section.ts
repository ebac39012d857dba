import type { Explanation, LayerMeasure, ObjectiveSection } from '../../explain/explanation.js';
import { formatShare } from '../../number-format.js';
import { trueMinus } from '../figure-format.js';
import { type Markup, markup } from '../markup.js';
import { plotFigure, section } from '../page/section.js';
import { type LayerMap, layerHeatMap } from '../plots/layer-heat-map.js';

export function objectiveSection({ objective, preset, contrast }: Explanation): Markup {
  const maps = (of: ObjectiveSection, name: string) =>
    layerMapsOf(of, name).map((map) => plotFigure(layerHeatMap(map), captionOf(map)));
  return section(
    'layers',
    'What each layer does',
    markup`<p>CRATE's claim is that every layer compresses (attention lowers the coding rate R<sup>c</sup> of the tokens against the layer's own subspaces) and then sparsifies (ISTA sets codes to zero). Here both are measured, on ${objective.cells} cells of ${objective.tokens} tokens at every noise level.</p>`,
    markup`<p>${inWords(objective, preset)}</p>`,
    markup`<div class="grid wide">${maps(objective, preset)}</div>`,
    contrast === null
      ? null
      : markup`<h3>Contrast: ${contrast.preset} (${contrast.objective.tokens} tokens)</h3><p>${inWords(contrast.objective, contrast.preset)} Its subspaces are those of the attention's values.</p><div class="grid wide">${maps(contrast.objective, contrast.preset)}</div>`,
    markup`<p class="note">All figures, for generated cells on their way too, and for the tokens of all cells pooled: layers.csv.</p>`,
  );
}

const changeOf = ({ rateBefore, rateAfter }: LayerMeasure): number => rateAfter / rateBefore - 1;
const pooledChangeOf = ({ pooledBefore, pooledAfter }: LayerMeasure): number =>
  pooledAfter / pooledBefore - 1;
const percent = (value: number): string => trueMinus(`${(100 * value).toFixed(0)}%`);

export function layerMapsOf({ noised }: ObjectiveSection, preset: string): LayerMap[] {
  return [
    {
      name: `rate-change-${preset}`,
      title: 'Coding rate: change by attention',
      measures: noised,
      value: changeOf,
      label: percent,
    },
    {
      name: `pooled-rate-change-${preset}`,
      title: 'The same, tokens of all cells pooled',
      measures: noised,
      value: pooledChangeOf,
      label: percent,
    },
    {
      name: `zeros-${preset}`,
      title: 'Zeros in the code',
      measures: noised,
      value: ({ zeros }) => zeros,
      label: percent,
    },
  ];
}

const captionOf = ({ name }: LayerMap): string =>
  name.startsWith('zeros')
    ? 'Share of exact zeros after the nonlinearity.'
    : 'Below zero (orange): the layer compresses.';

/** What holds and what does not, counted. */
function inWords({ noised, layers }: ObjectiveSection, preset: string): string {
  const compressed = noised.filter((one) => changeOf(one) < 0).length;
  const pooled = noised.filter((one) => pooledChangeOf(one) < 0).length;
  const levels = [...new Set(noised.map(({ t }) => t))];
  const zerosAt = (t: number, layer: number) =>
    noised.find((one) => one.t === t && one.layer === layer)!.zeros;
  const sparser = levels.filter((t) => layers > 1 && zerosAt(t, layers - 1) > zerosAt(t, 0));
  const mean = noised.reduce((sum, { zeros }) => sum + zeros / noised.length, 0);
  const depth =
    layers < 2
      ? ''
      : ` The last layer's code is sparser than the first's at ${sparser.length} of ${levels.length} noise levels${sparser.length < levels.length ? ` (not at ${levels.filter((t) => !sparser.includes(t)).join(', ')})` : ''}.`;
  return `In ${preset} the coding rate falls in ${compressed} of ${noised.length} layers and levels from a cell's own tokens, and in ${pooled} from all cells' tokens pooled. ${formatShare(mean)} of the codes are zero.${depth}`;
}
