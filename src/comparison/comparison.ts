import type { Estimate } from '../metrics/evaluation.js';
import type { FigureDescription, FigureKey } from '../metrics/figures.js';
import type { DeviceChoice } from '../model/choices.js';
import type { PresetName } from '../model/description.js';
import type { TrialBudget } from './budget.js';

/** What a comparison comes to: everything that its report shows and that comparison.json holds, as plain data. */
export interface Comparison {
  readonly plan: ComparisonPlan;
  readonly machine: Machine;
  /** The figures that were measured, in the order of the report. */
  readonly figures: readonly (FigureDescription & { readonly key: FigureKey })[];
  readonly dataSets: readonly DataSetComparison[];
  /** Trials that are still to be done; 0 when it is whole. */
  readonly left: number;
}

/** What is compared on what: the options that may not change once it has begun. */
export interface ComparisonPlan {
  readonly dataSets: readonly { readonly name: string; readonly file: string; readonly sha256: string }[];
  readonly models: readonly PresetName[];
  readonly budgets: readonly TrialBudget[];
  /** Seeds of training and generation: as many from `seed` on; the split and the figures have `seed` itself. */
  readonly seeds: number;
  readonly seed: number;
  /** obs column of labels; null: the obvious one of each file, if it has one. */
  readonly labelKey: string | null;
  /** Cells to generate and to compare; null: as many as are held out. */
  readonly n: number | null;
  readonly device: DeviceChoice;
  readonly threads: number;
}

export interface Machine {
  readonly processor: string;
  readonly processors: number;
  /** Bytes. */
  readonly memory: number;
  readonly system: string;
  readonly node: string;
}

export interface DataSetComparison {
  readonly name: string;
  readonly split: SplitRecord;
  /** Real training cells beside held-out ones; null before they were measured. */
  readonly control: SeriesFigures | null;
  readonly baselines: readonly SeriesFigures[];
  readonly trials: readonly TrialResult[];
}

/** The split that all models and seeds share. */
export interface SplitRecord {
  readonly matrix: string;
  readonly reason: string;
  readonly values: 'counts' | 'log-normalised';
  readonly cells: number;
  readonly genes: number;
  /** Chosen on the training cells. */
  readonly modelledGenes: number;
  readonly train: number;
  readonly heldOut: number;
  /** Cells of each side that are compared. */
  readonly compared: number;
  readonly labelKey: string | null;
}

/** Values that are not defined are null, as JSON has no NaN. */
export interface StoredEstimate {
  readonly value: number | null;
  readonly interval: readonly [number, number] | null;
  readonly n: number;
}

export type StoredFigures = Readonly<Partial<Record<FigureKey, StoredEstimate>>>;

export interface SeriesFigures {
  readonly name: string;
  readonly figures: StoredFigures;
}

/** One cell of the experiment. */
export interface Trial {
  readonly dataSet: string;
  readonly model: PresetName;
  readonly budget: TrialBudget;
  readonly seed: number;
}

export type TrialResult = FinishedTrial | FailedTrial;

export interface FailedTrial extends Trial {
  readonly outcome: 'failed';
  readonly message: string;
}

export interface FinishedTrial extends Trial {
  readonly outcome: 'finished';
  readonly cost: ModelCost;
  /** In the order in which they ran. */
  readonly stages: readonly TrainedStage[];
  readonly generation: { readonly cells: number; readonly sampler: string; readonly steps: number } & Effort;
  /** Peak of the process that trained. */
  readonly trainingMemory: number;
  /** Training, generation and figures together. */
  readonly seconds: number;
  readonly figures: StoredFigures;
}

export interface ModelCost {
  /** Trainable numbers in all stages, and in the denoiser alone. */
  readonly parameters: number;
  readonly denoiserParameters: number;
  /** Multiply-adds in matrix products: of the denoiser for one cell and one look, and for a whole generated cell. */
  readonly evaluation: number;
  readonly generatedCell: number;
}

export interface TrainedStage {
  readonly name: string;
  readonly steps: number;
  readonly epochs: number;
  readonly batchSize: number;
  /** Null where no step was taken. */
  readonly firstLoss: number | null;
  readonly finalLoss: number | null;
  /** In the loop, with its looks at held-out cells; without reading the data and compiling the graph. */
  readonly seconds: number;
}

export interface Effort {
  readonly seconds: number;
  /** Peak resident memory of the process, in bytes. */
  readonly memory: number;
}

export function storedEstimate({ value, interval, n }: Estimate): StoredEstimate {
  return { value: Number.isFinite(value) ? value : null, interval, n };
}
