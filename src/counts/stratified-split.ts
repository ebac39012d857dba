import { OptionError } from '../errors.js';
import { stream } from '../random/stream.js';

/** Row numbers of each part, ascending; together they are all cells. */
export interface Split {
  readonly train: Int32Array;
  readonly test: Int32Array;
}

/**
 * Sets cells aside for testing, every class in proportion: each class gives the test part its exact share rounded
 * up or down, so that the whole comes nearest to `testFraction`. A class keeps at least one training cell; a class
 * of one cell goes to training. Each distinct value is a class, null (no label) too.
 * @param labels one a cell, or null for no classes
 * @param testFraction share of the cells, in (0, 1)
 * @throws OptionError for a fraction outside (0, 1)
 */
export function stratifiedSplit(
  labels: ArrayLike<string | number | null> | null,
  cells: number,
  testFraction: number,
  seed: number,
): Split {
  if (!(testFraction > 0 && testFraction < 1)) {
    throw new OptionError(
      '--test-fraction',
      `${testFraction} is not between 0 and 1`,
      'Give a share of the cells, for example 0.25',
    );
  }
  const classes = groupCells(labels, cells);
  const sizes = shareOut(
    classes.map((members) => members.length),
    testFraction,
  );
  const test = new Set<number>();
  classes.forEach((members, k) => {
    const shuffled = stream(seed, 'split', k).shuffle([...members]);
    for (const cell of shuffled.slice(0, sizes[k])) test.add(cell);
  });
  const all = Array.from({ length: cells }, (_, cell) => cell);
  return {
    train: Int32Array.from(all.filter((cell) => !test.has(cell))),
    test: Int32Array.from(all.filter((cell) => test.has(cell))),
  };
}

/** Cells of each class, classes in order of appearance. */
function groupCells(labels: ArrayLike<string | number | null> | null, cells: number): number[][] {
  const groups = new Map<string | number | null, number[]>();
  for (let cell = 0; cell < cells; cell++) {
    const label = labels === null ? null : labels[cell];
    const members = groups.get(label);
    if (members) members.push(cell);
    else groups.set(label, [cell]);
  }
  return [...groups.values()];
}

/** Test cells of each class by the method of largest remainders; equal remainders favour larger classes. */
function shareOut(classSizes: readonly number[], fraction: number): number[] {
  const exact = classSizes.map((size) => (size > 1 ? size * fraction : 0));
  const sizes = exact.map(Math.floor);
  const wanted = Math.round(exact.reduce((sum, share) => sum + share, 0));
  let missing = wanted - sizes.reduce((sum, size) => sum + size, 0);
  const byRemainder = [...sizes.keys()].sort(
    (a, b) => exact[b] - sizes[b] - (exact[a] - sizes[a]) || classSizes[b] - classSizes[a] || a - b,
  );
  for (const k of byRemainder) {
    if (missing <= 0) break;
    if (exact[k] === sizes[k] || sizes[k] + 1 >= classSizes[k]) continue;
    sizes[k]++;
    missing--;
  }
  return sizes;
}
