import type {
  Comparison,
  FinishedTrial,
  SeriesFigures,
  TrialResult,
} from '../../src/comparison/comparison.js';
import { figureCatalogue } from '../../src/metrics/figures.js';
import type { PresetName } from '../../src/model/description.js';

/** A name that tries to be an element, as a file may have it. */
export const hostileName = '<img src=x onerror=alert(1)>';

const stageOf = (name: string, batchSize: number, seconds: number) => ({
  ...{ name, steps: 100, epochs: 2.5, batchSize, firstLoss: 1, finalLoss: 0.25, seconds },
});

interface TrialNumbers {
  readonly seed?: number;
  readonly secondsPerStep?: number;
  readonly auroc?: number;
  readonly halfInterval?: number;
}

/** A trial that came to its end, of 100 steps of 16 cells. */
export function simulatedTrial(
  dataSet: string,
  model: PresetName,
  { seed = 0, secondsPerStep = 0.1, auroc = 0.6, halfInterval = 0.01 }: TrialNumbers = {},
): FinishedTrial {
  const isLatent = model === 'crate' || model === 'latent-dit';
  const size = model === 'dit' ? 2 : 1;
  return {
    ...{ outcome: 'finished', dataSet, model, seed, budget: { unit: 'epochs', amount: 2.5 } },
    cost: {
      ...{ parameters: 1e6 * size, denoiserParameters: 9e5 * size },
      ...{ evaluation: 1.5e9 * size, generatedCell: 1.5e10 * size },
    },
    stages: [
      ...(isLatent ? [stageOf('autoencoder', 128, 3)] : []),
      stageOf('denoiser', 16, 100 * secondsPerStep),
    ],
    trainingMemory: 5e8 * size,
    generation: { cells: 200, sampler: 'dpmpp', steps: 10, seconds: 50, memory: 3e8 },
    seconds: 70,
    figures: {
      rf_auroc_pcs: { value: auroc, interval: [auroc - halfInterval, auroc + halfInterval], n: 200 },
      mmd: { value: 0.001, interval: null, n: 200 },
      zero_fraction_difference: { value: null, interval: null, n: 200 },
    },
  };
}

const seriesOf = (name: string, auroc: number): SeriesFigures => ({
  name,
  figures: {
    rf_auroc_pcs: { value: auroc, interval: null, n: 200 },
    mmd: { value: 0, interval: null, n: 200 },
  },
});

/** A comparison of two data sets. */
export function simulatedComparison(
  trials: readonly TrialResult[],
  models: readonly PresetName[] = ['wbdit', 'dit'],
): Comparison {
  const names = [...new Set(trials.map(({ dataSet }) => dataSet))];
  return {
    plan: {
      dataSets: names.map((name) => ({ name, file: `${name}.h5ad`, sha256: 'ab'.repeat(32) })),
      ...{ models, budgets: [{ unit: 'epochs', amount: 2.5 }], seeds: 2, seed: 0, labelKey: null, n: null },
      ...{ device: 'auto', threads: 2 },
    },
    machine: { processor: 'Abacus', processors: 2, memory: 8e9, system: 'Linux 6', node: 'v20' },
    figures: figureCatalogue.filter(({ key }) =>
      ['rf_auroc_pcs', 'mmd', 'zero_fraction_difference'].includes(key),
    ),
    dataSets: names.map((name) => ({
      name,
      split: {
        ...{ matrix: 'X', reason: 'X holds counts.', values: 'counts', cells: 800, genes: 3000 },
        ...{ modelledGenes: 2000, train: 600, heldOut: 200, compared: 200, labelKey: 'cell_type' },
      },
      control: seriesOf('Real training cells', 0.51),
      baselines: [seriesOf('Poisson', 0.9)],
      trials: trials.filter(({ dataSet }) => dataSet === name),
    })),
    left: 0,
  };
}
