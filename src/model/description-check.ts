import type { Preprocessing } from '../counts/preprocessing.js';
import { lossWeightings } from '../diffusion/loss-weight.js';
import { parameterisations } from '../diffusion/parameterisation.js';
import { defaultTimesteps, scheduleNames } from '../diffusion/schedule.js';
import { samplerNames } from '../diffusion/timesteps.js';
import {
  aboveZero,
  type Check,
  distinct,
  exactly,
  isNumber,
  isPositive,
  isText,
  isWhole,
  listOf,
  oneOf,
  optional,
  orNull,
  type Rule,
  share,
  text,
  wholeFrom,
  wholeUpTo,
  zeroOrMore,
} from './checks.js';
import {
  type DiffusionDescription,
  type ModelDescription,
  presetNames,
  type SamplingDefaults,
} from './description.js';
import type { JsonField } from './json-field.js';
import {
  codesPerCell,
  conditionWidth,
  type LabelCombination,
  type LabelKey,
  type LabelSpace,
} from './labels.js';
import { checkedDenoiser, checkedState, type Stored } from './network-check.js';
import { stateWidth } from './presets.js';
import type { DataFingerprint } from './training-cells.js';

/**
 * The description that a file claims to hold. Sizes are bounded by what is stored, names are known, and what must agree does, so
 * that it can be computed with.
 * @throws what `root` refuses with
 */
export function checkedDescription(root: JsonField, stored: Stored): ModelDescription {
  const { preset } = root.has<Pick<ModelDescription, 'preset'>>({ preset: oneOf(...presetNames) });
  const preprocessing = checkedPreprocessing(root.at('preprocessing'));
  const labels = checkedLabels(root.at('labels'), stored);
  const state = checkedState(root.at('state'), preset, preprocessing, labels, stored);
  const ends = {
    width: stateWidth(state, preprocessing.geneNames.length),
    conditionWidth: conditionWidth(labels),
  };
  return {
    ...{ preset, preprocessing, labels, state },
    denoiser: checkedDenoiser(root.at('denoiser'), preset, ends, stored),
    diffusion: root.at('diffusion').has<DiffusionDescription>({
      schedule: oneOf(...scheduleNames),
      parameterisation: oneOf(...parameterisations),
      weighting: oneOf(...lossWeightings),
    }),
    sampling: root.at('sampling').has<SamplingDefaults>({
      sampler: oneOf(...samplerNames),
      steps: wholeUpTo(1, defaultTimesteps),
      guidance: zeroOrMore,
      guidedShare: optional(share(1)),
    }),
    trainedOn: root.at('trainedOn').has<DataFingerprint>({
      ...{ file: text, sha256: text, matrix: text, reason: text },
      ...{ cells: wholeFrom(1), genes: wholeFrom(1) },
    }),
  };
}

const isString: Check = (v) => typeof v === 'string';

function checkedPreprocessing(field: JsonField): Preprocessing {
  const kinds = oneOf('counts', 'lognormalised', 'normalised');
  const names = distinct(isString, 'gene names');
  const kind = field.at('kind').is<Preprocessing['kind']>(kinds);
  const genes = field.at('geneNames').is<readonly string[]>(names).length;
  const sourceGenes = field.at('sourceGenes').is<number>(wholeFrom(genes));
  const means = orNull(listOf(isNumber, 'numbers', genes));
  const isScaled = field.at('mean').is<readonly number[] | null>(means) !== null;
  return field.has<Preprocessing>({
    ...{ kind: kinds, matrix: text, flavour: oneOf('seurat_v3', 'cell_ranger') },
    targetSum: kind === 'lognormalised' ? exactly(null) : aboveZero,
    sourceGenes: wholeFrom(genes),
    geneNames: names,
    geneIndices: placesOf(genes, sourceGenes),
    mean: means,
    std: isScaled ? listOf(isPositive, 'numbers above 0', genes) : exactly(null),
  });
}

/** Places of genes in their file, in its order. */
function placesOf(genes: number, sourceGenes: number): Rule {
  const [isList] = listOf(isWhole(0, sourceGenes - 1), 'places', genes);
  const rises: Check = (v) => (v as number[]).every((place, i, all) => i === 0 || place > all[i - 1]);
  return [(v) => isList(v) && rises(v), `a list of ${genes} rising places below ${sourceGenes}`];
}

function checkedLabels(field: JsonField, stored: Stored): LabelSpace {
  const keys = field
    .at('keys')
    .members()
    .map((key) =>
      key.has<LabelKey>({
        key: text,
        names: distinct(isText, 'names'),
        ordered: optional(exactly(true)),
      }),
    );
  const clusters = field.at('clusters').is<number>(wholeUpTo(0, stored.values));
  const list = field.at('combinations');
  list.is([(v) => Array.isArray(v) && v.length > 0, 'a list of one or more']);
  const rules = { codes: codesOf({ keys, clusters }), cells: wholeFrom(1) };
  const combinations = list.members().map((one) => one.has<LabelCombination>(rules));
  return { keys, clusters, combinations };
}

/** One code a key and one for the cluster, each the place of a name or -1. */
function codesOf(space: Pick<LabelSpace, 'keys' | 'clusters'>): Rule {
  const each = codesPerCell(space);
  const names = [...space.keys.map((key) => key.names.length), space.clusters];
  return [
    (v) => Array.isArray(v) && v.length === each && v.every((code, k) => isWhole(-1, names[k] - 1)(code)),
    `a list of ${each} codes of names or clusters, -1 for none`,
  ];
}
