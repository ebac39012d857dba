import { DataError } from '../errors.js';

/** Rows of each label's training cells, by code; unlabelled cells (-1) are a label of their own. */
export type LabelGroups = ReadonlyMap<number, Int32Array>;

/** @param codes label of each training cell, or null for one label, 0, of them all */
export function groupByLabel(codes: ArrayLike<number> | null, cells: number): LabelGroups {
  const groups = new Map<number, number[]>();
  for (let cell = 0; cell < cells; cell++) {
    const code = codes === null ? 0 : codes[cell];
    const members = groups.get(code);
    if (members) members.push(cell);
    else groups.set(code, [cell]);
  }
  return new Map([...groups].map(([code, members]) => [code, Int32Array.from(members)]));
}

/** What was learned of a label. @throws DataError where no training cell has it */
export function ofLabel<Fit>(fits: ReadonlyMap<number, Fit>, code: number): Fit {
  const fit = fits.get(code);
  if (fit !== undefined) return fit;
  throw new DataError(
    'labels',
    `no training cell has the label with code ${code}`,
    `Ask for codes among ${[...fits.keys()].sort((a, b) => a - b).join(', ')}`,
  );
}
