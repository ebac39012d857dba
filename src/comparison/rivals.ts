import type { FigureKey } from '../metrics/figures.js';
import { lossOf } from '../metrics/standing.js';
import type { PresetName } from '../model/description.js';
import { budgetName, type TrialBudget } from './budget.js';
import type { Comparison, DataSetComparison, FinishedTrial } from './comparison.js';
import { type Spread, spreadOf } from './spread.js';

/** A white-box model and the Diffusion Transformer that it is held against. */
export interface Rivals {
  readonly white: PresetName;
  readonly black: PresetName;
  /** What the two have in common, in a few words. */
  readonly equal: string;
}

const allRivals: readonly Rivals[] = [
  { white: 'wbdit', black: 'dit', equal: 'as published' },
  { white: 'wbdit', black: 'dit-small', equal: 'at equal parameters' },
  { white: 'crate', black: 'latent-dit', equal: 'in the same latent space, at equal parameters' },
  { white: 'crate', black: 'dit', equal: 'the default model against the published one' },
  { white: 'crate-genes', black: 'dit', equal: 'both in gene space' },
];

/** The pairs of models that a comparison has both of. */
export const rivalsIn = (models: readonly PresetName[]): Rivals[] =>
  allRivals.filter(({ white, black }) => models.includes(white) && models.includes(black));

/** What a model costs, as far as two can be held against each other. */
export interface Costs {
  readonly parameters: number;
  readonly evaluation: number;
  /** Seconds a training cell is looked at by the denoiser once, forward, backward and update. */
  readonly secondsPerCell: number;
  readonly trainingMemory: number;
  readonly generationSecondsPerCell: number;
}

/** One data set under one budget: the white box's costs over the black box's, and both beside the held-out cells. */
export interface Duel {
  readonly dataSet: string;
  readonly budget: TrialBudget;
  readonly ratios: Costs;
  readonly figures: Readonly<Partial<Record<FigureKey, DuelFigure>>>;
}

/** A figure of both, and how far it may be off: over seeds, or over the cells that happened to be compared. */
export interface DuelFigure {
  readonly white: Spread;
  readonly black: Spread;
  /** The largest of the deviations over seeds and of half the 95% intervals over cells. */
  readonly noise: number;
}

/** The duels of two models, on every data set and under every budget where both were trained. */
export function duelsOf({ dataSets, plan, figures }: Comparison, { white, black }: Rivals): Duel[] {
  return dataSets.flatMap((dataSet) =>
    plan.budgets.flatMap((budget): Duel[] => {
      const [ofWhite, ofBlack] = [finishedOf(dataSet, white, budget), finishedOf(dataSet, black, budget)];
      if (ofWhite.length === 0 || ofBlack.length === 0) return [];
      const both = figures.flatMap(({ key }) => {
        const figure = duelFigure(ofWhite, ofBlack, key);
        return figure === null ? [] : [[key, figure] as const];
      });
      return [
        {
          ...{ dataSet: dataSet.name, budget },
          ratios: ratiosOf(costsOf(ofWhite), costsOf(ofBlack)),
          figures: Object.fromEntries(both),
        },
      ];
    }),
  );
}

function duelFigure(
  ofWhite: readonly FinishedTrial[],
  ofBlack: readonly FinishedTrial[],
  key: FigureKey,
): DuelFigure | null {
  const estimates = (trials: readonly FinishedTrial[]) => trials.map(({ figures }) => figures[key]);
  const spread = (trials: readonly FinishedTrial[]) => spreadOf(estimates(trials).map((own) => own?.value));
  const [white, black] = [spread(ofWhite), spread(ofBlack)];
  if (white === null || black === null) return null;
  const halves = estimates([...ofWhite, ...ofBlack]).map((own) =>
    own?.interval ? (own.interval[1] - own.interval[0]) / 2 : 0,
  );
  return { white, black, noise: Math.max(white.deviation ?? 0, black.deviation ?? 0, ...halves) };
}

/** Trials of one model under one budget that came to their end, in the order of the seeds. */
export function finishedOf(
  { trials }: DataSetComparison,
  model: PresetName,
  budget: TrialBudget,
): FinishedTrial[] {
  return trials.filter(
    (trial): trial is FinishedTrial =>
      trial.outcome === 'finished' &&
      trial.model === model &&
      budgetName(trial.budget) === budgetName(budget),
  );
}

function costsOf(trials: readonly FinishedTrial[]): Costs {
  const mean = (of: (trial: FinishedTrial) => number) => spreadOf(trials.map(of))!.mean;
  return {
    parameters: mean(({ cost }) => cost.denoiserParameters),
    evaluation: mean(({ cost }) => cost.evaluation),
    secondsPerCell: mean(({ stages }) => {
      const { seconds, steps, batchSize } = stages.at(-1)!;
      return seconds / (steps * batchSize);
    }),
    trainingMemory: mean(({ trainingMemory }) => trainingMemory),
    generationSecondsPerCell: mean(({ generation }) => generation.seconds / generation.cells),
  };
}

function ratiosOf(white: Costs, black: Costs): Costs {
  return {
    parameters: white.parameters / black.parameters,
    evaluation: white.evaluation / black.evaluation,
    secondsPerCell: white.secondsPerCell / black.secondsPerCell,
    trainingMemory: white.trainingMemory / black.trainingMemory,
    generationSecondsPerCell: white.generationSecondsPerCell / black.generationSecondsPerCell,
  };
}

/** On how many data sets the white box is nearer to real cells, farther off, or neither beyond the noise. */
export interface Tally {
  readonly nearer: number;
  readonly even: number;
  readonly farther: number;
}

/** Counts duels by one figure; it is even where the means differ by no more than the noise. */
export function tallyOf({ dataSets, figures }: Comparison, duels: readonly Duel[], key: FigureKey): Tally {
  const description = figures.find((figure) => figure.key === key);
  let [nearer, even, farther] = [0, 0, 0];
  for (const duel of duels) {
    const both = duel.figures[key];
    const value = dataSets.find(({ name }) => name === duel.dataSet)?.control?.figures[key]?.value ?? null;
    const control = value === null ? null : { value };
    const loss = description && lossOf({ ...description, control });
    if (!both || !loss) continue;
    const lead = loss(both.black.mean) - loss(both.white.mean);
    if (Math.abs(lead) <= both.noise) even++;
    else if (lead > 0) nearer++;
    else farther++;
  }
  return { nearer, even, farther };
}
