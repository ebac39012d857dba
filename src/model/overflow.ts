import { CellcrateError } from '../errors.js';

/** Values of a model that is not trained, or is driven too hard, grew beyond what a cell can hold. */
export class OverflowError extends CellcrateError {
  constructor(readonly run: string) {
    super(`${run}: the model's values overflow. Train longer, or lower --guidance or --lr`);
  }
}

/** Float32 counts are exact up to here; states, expected counts and their parameters lie far below. */
const LARGEST_VALUE = 2 ** 24;

/**
 * @param values of a generated state, or of the distributions that cells are drawn from
 * @throws OverflowError unless all are numbers of at most 2^24
 */
export function refuseOverflow(values: Float32Array, run: string): void {
  for (const value of values) if (!(Math.abs(value) <= LARGEST_VALUE)) throw new OverflowError(run);
}
