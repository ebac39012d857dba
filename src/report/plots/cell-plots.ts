import type { Evaluation } from '../../metrics/evaluation.js';
import { histogramPair } from './histogram.js';
import type { Plot } from './plot.js';

/** Null where a side has no counts. */
export function librarySizePlot({ cellProfile }: Evaluation): Plot | null {
  const real = cellProfile.real.librarySize;
  const generated = cellProfile.generated.librarySize;
  if (real === null || generated === null) return null;
  const description = 'Histograms of the library size of real and of generated cells';
  const title = 'Library size (counts per cell, log scale)';
  return {
    name: 'library-size',
    title: 'Library size',
    description,
    draw: (theme) => histogramPair({ real, generated, title, spacing: 'log' }, description, theme),
  };
}

export function genesPerCellPlot({ cellProfile }: Evaluation): Plot {
  const real = cellProfile.real.genesPerCell;
  const generated = cellProfile.generated.genesPerCell;
  const description = 'Histograms of the genes found in each real and in each generated cell';
  const title = 'Genes above zero per cell';
  return {
    name: 'genes-per-cell',
    title: 'Genes per cell',
    description,
    draw: (theme) => histogramPair({ real, generated, title, spacing: 'linear' }, description, theme),
  };
}

/** Null without training cells. */
export function nearestTrainingPlot({ nearestTraining }: Evaluation): Plot | null {
  if (nearestTraining === null) return null;
  const { heldOut: real, generated } = nearestTraining;
  const description =
    'Histograms of the distance to the nearest training cell, of held-out and of generated cells';
  const title = 'Distance to the nearest training cell (on PCs)';
  return {
    name: 'nearest-training-cell',
    title: 'Distance to the nearest training cell',
    description,
    draw: (theme) => histogramPair({ real, generated, title, spacing: 'linear' }, description, theme),
  };
}
