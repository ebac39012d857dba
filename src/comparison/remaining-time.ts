import { budgetName } from './budget.js';
import type { Trial } from './comparison.js';

/** How long trials take, learned from those that are done. */
export class RemainingTime {
  readonly #known: { readonly trial: Trial; readonly seconds: number }[] = [];

  learn(trial: Trial, seconds: number): void {
    this.#known.push({ trial, seconds });
  }

  /**
   * Seconds that these trials are likely to take: each as long as the mean of its model under its budget, on its own data
   * set where that is known; under a budget of minutes at least those. Null where some trial is like none that is done.
   */
  of(trials: readonly Trial[]): number | null {
    let total = 0;
    for (const trial of trials) {
      const seconds = this.#expected(trial);
      if (seconds === null) return null;
      total += seconds;
    }
    return total;
  }

  #expected({ dataSet, model, budget }: Trial): number | null {
    const alike = this.#known.filter(
      ({ trial }) => trial.model === model && budgetName(trial.budget) === budgetName(budget),
    );
    const here = alike.filter(({ trial }) => trial.dataSet === dataSet);
    const known = here.length > 0 ? here : alike;
    if (known.length > 0) return known.reduce((sum, { seconds }) => sum + seconds, 0) / known.length;
    return budget.unit === 'minutes' ? 60 * budget.amount : null;
  }
}
