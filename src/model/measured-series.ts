import { copyingFigures } from '../metrics/copying.js';
import type { Estimate } from '../metrics/evaluation.js';
import type { FigureKey } from '../metrics/figures.js';
import {
  type LabelledPoints,
  labelControl,
  labelFigures,
  type MarkersPerLabel,
  markerFigures,
  type Recognition,
} from '../metrics/label-figures.js';
import { estimate, type Measurement, type Measurements, pointEstimate } from '../metrics/measurement.js';
import { type NearestTraining, type TrainingScores, trainingScores } from '../metrics/memorisation.js';
import { pairMeasures } from '../metrics/pair-figures.js';
import { takePoints } from '../metrics/points.js';
import type { ComparedCells } from './compared-cells.js';
import type { ComparedSeries } from './compared-series.js';
import type { Steps } from './work-steps.js';

/** All figures of one series. */
export interface MeasuredSeries {
  readonly role: ComparedSeries['role'];
  readonly name: string;
  readonly estimates: Partial<Record<FigureKey, Estimate>>;
  /** Null without labels, or where a side has one label alone. */
  readonly recognition: Recognition | null;
  /** Empty without labels. */
  readonly markers: MarkersPerLabel;
  /** Null without training cells, and of these themselves. */
  readonly nearest: NearestTraining | null;
}

const components = 30;

/** Work, where that of `pairMeasures` is 1. */
const workOf = { placing: 0.4, labels: 0.1, copying: 0.1, intervals: 0.5 };
export const workOfSeries = 1 + workOf.placing + workOf.labels + workOf.copying + workOf.intervals;

/** What figures of a series need beside the series itself. */
export type SeriesContext = Pick<ComparedCells, 'labels' | 'allTrain' | 'trainRows'>;

/** Computes every figure of a series; intervals of all but baselines. */
export async function measureSeries(
  series: ComparedSeries,
  context: SeriesContext,
  steps: Steps,
  seed: number,
): Promise<MeasuredSeries> {
  const { role, name, pair, values } = series;
  let found: Measurements = {};
  for (const { work, measure } of pairMeasures) {
    const some = await steps.step(name, work, () => measure(pair, values, seed));
    found = { ...found, ...some };
  }
  const scores = await steps.step(`${name} beside training cells`, workOf.placing, () =>
    placeBesideTraining(series, context, seed),
  );
  const copying = await steps.step(`${name}, nearest training cells`, workOf.copying, () =>
    scores === null ? { measurements: {}, nearest: null } : copyingFigures(scores),
  );
  const labelled = await steps.step(`${name}, labels`, workOf.labels, () =>
    measureLabels(series, context, scores),
  );
  found = { ...found, ...labelled.measurements, ...copying.measurements };
  const estimates: Partial<Record<FigureKey, Estimate>> = {};
  const measured = Object.entries(found) as [FigureKey, Measurement][];
  for (const [key, measurement] of measured) {
    estimates[key] = await steps.step(`${name}, intervals`, workOf.intervals / measured.length, () =>
      role === 'baseline' ? pointEstimate(measurement) : estimate(measurement, seed),
    );
  }
  return {
    ...{ role, name, estimates, recognition: labelled.recognition, markers: labelled.markers },
    nearest: copying.nearest,
  };
}

/** Null without training cells, and for these themselves, which have their places in the pair. */
function placeBesideTraining(
  { role, heldOut, other }: ComparedSeries,
  { allTrain }: SeriesContext,
  seed: number,
): TrainingScores | null {
  if (allTrain === null || role === 'control') return null;
  return trainingScores(allTrain.logged, heldOut.logged, other.logged, components, seed);
}

interface LabelParts {
  readonly measurements: Measurements;
  readonly recognition: Recognition | null;
  readonly markers: MarkersPerLabel;
}

function measureLabels(
  { role, pair, heldOut, other }: ComparedSeries,
  context: SeriesContext,
  scores: TrainingScores | null,
): LabelParts {
  if (context.labels === null) return { measurements: {}, recognition: null, markers: [] };
  const labels = context.labels.names.length;
  const { measurements, markers } = markerFigures(heldOut, other, labels);
  const places = scores ?? { heldOut: pair.real.scores, other: pair.other.scores };
  const tested = { features: places.heldOut, codes: heldOut.codes };
  const asked = { features: places.other, codes: other.codes };
  if (role === 'control') {
    const control = labelControl(asked, tested, labels);
    return { measurements: { ...control, ...measurements }, recognition: null, markers };
  }
  const transfer =
    scores === null
      ? labelFigures(...halvesOf(tested), asked, labels)
      : labelFigures(knownCells(scores, context), tested, asked, labels);
  return {
    measurements: { ...transfer?.measurements, ...measurements },
    recognition: transfer?.recognition ?? null,
    markers,
  };
}

/** As many training cells as there are held-out ones: those of the control. */
function knownCells({ train }: TrainingScores, { allTrain, trainRows }: SeriesContext): LabelledPoints {
  return { features: takePoints(train, trainRows), codes: trainRows.map((row) => allTrain!.codes[row]) };
}

/** Without training cells a half of the held-out ones serves to learn labels from, the other to test. */
function halvesOf({ features, codes }: LabelledPoints): [LabelledPoints, LabelledPoints] {
  const rows = Int32Array.from(codes.keys());
  const half = rows.length >> 1;
  const part = (own: Int32Array): LabelledPoints => ({
    ...{ features: takePoints(features, own), codes: own.map((row) => codes[row]) },
  });
  return [part(rows.subarray(0, half)), part(rows.subarray(half))];
}
