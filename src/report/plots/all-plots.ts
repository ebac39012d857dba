import type { Evaluation } from '../../metrics/evaluation.js';
import { genesPerCellPlot, librarySizePlot, nearestTrainingPlot } from './cell-plots.js';
import { embeddingByLabelPlot, embeddingBySourcePlot } from './embedding-plot.js';
import { geneMeansPlot, geneZerosPlot, meanVariancePlot } from './gene-plots.js';
import { markerPlot } from './marker-plot.js';
import type { Plot } from './plot.js';
import { rangePlot } from './range-plot.js';

/** Every plot that the evaluation has data for, in the order of the report. */
export function allPlots(evaluation: Evaluation): Plot[] {
  const plots = [
    ...evaluation.figures.filter(({ headline }) => headline).map(rangePlot),
    embeddingBySourcePlot(evaluation),
    embeddingByLabelPlot(evaluation),
    meanVariancePlot(evaluation),
    geneMeansPlot(evaluation),
    geneZerosPlot(evaluation),
    librarySizePlot(evaluation),
    genesPerCellPlot(evaluation),
    markerPlot(evaluation),
    nearestTrainingPlot(evaluation),
  ];
  return plots.filter((plot) => plot !== null);
}
