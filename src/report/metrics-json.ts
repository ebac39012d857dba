import type { Evaluation } from '../metrics/evaluation.js';
import { version } from '../version.js';

/** Raised when a field of metrics.json changes its name or meaning. */
const formatVersion = 1;

/**
 * The text of metrics.json: verdict, warnings, every figure, classes, markers and programmes, without the values of single cells
 * and genes. Numbers stand in full; what is not defined (NaN, infinite) is null.
 */
export function metricsJson(evaluation: Evaluation): string {
  const { real, generated, train, labelKey, seed, genes, values, verdict, warnings } = evaluation;
  const contents = {
    format: 'cellcrate evaluation',
    formatVersion,
    cellcrate: version,
    ...{ real, generated, train, labelKey, seed, genes, values, verdict, warnings },
    figures: evaluation.figures.map((figure) => ({
      ...figure,
      baselines: Object.fromEntries(figure.baselines),
    })),
    exactCopies: evaluation.nearestTraining?.exactCopies ?? null,
    classes: evaluation.classes,
    markers: evaluation.markers,
    programmes: evaluation.programmes,
  };
  return `${JSON.stringify(contents, null, 2)}\n`;
}
