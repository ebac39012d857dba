import { OptionError } from '../errors.js';
import { stream } from '../random/stream.js';

/**
 * Stratified k-fold cross-validation: every class is shuffled and dealt out fold after fold, each class going on where the
 * one before it stopped. Class sizes, and sizes of whole folds, differ by one cell between folds at most.
 * @param codes class of each cell
 * @param k folds, from 2 to the number of cells
 * @returns the fold of each cell, in [0, k)
 * @throws OptionError for another number of folds
 */
export function stratifiedFolds(codes: ArrayLike<number>, k: number, seed: number): Int32Array {
  if (!(Number.isInteger(k) && k >= 2 && k <= codes.length)) {
    throw new OptionError(
      'folds',
      `${k} folds cannot be made of ${codes.length} cells`,
      'Give more cells, or ask for at least 2 folds',
    );
  }
  const cellsOf = new Map<number, number[]>();
  for (let cell = 0; cell < codes.length; cell++) {
    const members = cellsOf.get(codes[cell]);
    if (members) members.push(cell);
    else cellsOf.set(codes[cell], [cell]);
  }
  const folds = new Int32Array(codes.length);
  let dealt = 0;
  for (const code of [...cellsOf.keys()].sort((a, b) => a - b)) {
    for (const cell of stream(seed, 'folds', code + 1).shuffle(cellsOf.get(code)!)) folds[cell] = dealt++ % k;
  }
  return folds;
}

/** The cells inside and outside one fold, ascending. */
export function splitByFold(folds: Int32Array, fold: number): { train: Int32Array; test: Int32Array } {
  const cells = Int32Array.from(folds.keys());
  return {
    train: cells.filter((cell) => folds[cell] !== fold),
    test: cells.filter((cell) => folds[cell] === fold),
  };
}
