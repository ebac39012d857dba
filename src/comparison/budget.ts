import { OptionError } from '../errors.js';

/** For how long every model is trained: passes over the cells for each stage, or minutes for the whole. */
export interface TrialBudget {
  readonly unit: 'epochs' | 'minutes';
  readonly amount: number;
}

/** '1 epoch', '2.5 minutes'. */
export const budgetInWords = ({ unit, amount }: TrialBudget): string =>
  `${amount} ${amount === 1 ? unit.slice(0, -1) : unit}`;

/** 'epochs=20', as the command line takes it. */
export const budgetName = ({ unit, amount }: TrialBudget): string => `${unit}=${amount}`;

/**
 * The budget that a name stands for.
 * @throws OptionError for anything but epochs=E or minutes=M with a number above 0
 */
export function parseBudget(text: string): TrialBudget {
  const [, unit, digits] = /^(epochs|minutes)=(.+)$/.exec(text) ?? [];
  const amount = Number(digits);
  if (unit !== undefined && Number.isFinite(amount) && amount > 0) {
    return { unit: unit as TrialBudget['unit'], amount };
  }
  throw new OptionError(
    '--budget',
    `'${text}' is no budget`,
    'Give epochs=E or minutes=M, such as minutes=5',
  );
}
