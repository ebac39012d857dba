import { type CellRows, changeRows, type RowChange } from '../counts/cell-rows.js';
import { describeMatrix, type UsableKind } from '../counts/describe-matrix.js';
import { DataError } from '../errors.js';
import type { Evaluation } from '../metrics/evaluation.js';
import type { ChosenRows } from './chosen-cells.js';

/** Cells of two files, or three, on the genes that all have and on one scale. */
export interface ComparableCells {
  /** Names, in the order of the real file. */
  readonly genes: readonly string[];
  readonly values: Evaluation['values'];
  /** Each cells x `genes`. */
  readonly real: CellRows;
  readonly generated: CellRows;
  readonly train: CellRows | null;
}

const fewestGenes = 2;

const kindInWords: Readonly<Record<UsableKind, string>> = {
  counts: 'counts',
  lognormalised: 'log-normalised values',
  normalised: 'normalised values',
};

/**
 * Cuts files to the genes that all of them name, and brings them to one scale: counts where all have counts; else ln(1 + x), with x
 * scaled to the total that the normalised files have in common, which counts can be scaled to as well. Of a gene name that a file
 * has twice the first counts.
 * @throws DataError for fewer than two shared genes, or scales that nothing can reconcile
 */
export function comparableCells(
  real: ChosenRows,
  generated: ChosenRows,
  train: ChosenRows | null,
): ComparableCells {
  const files = train === null ? [real, generated] : [real, generated, train];
  const places = files.map(({ genes }) => firstPlaces(genes.index));
  const genes = [...places[0].keys()].filter((name) => places.every((place) => place.has(name)));
  if (genes.length < fewestGenes) throw tooFewGenes(genes.length, files, places);
  const columns = places.map((place) => genes.map((name) => place.get(name)!));
  const [realCells, generatedCells, trainCells = null] = onOneScale(files, columns);
  const areCounts = files.every(({ kind }) => kind === 'counts');
  return {
    ...{ genes, values: areCounts ? 'counts' : 'log-normalised' },
    ...{ real: realCells, generated: generatedCells, train: trainCells },
  };
}

function firstPlaces(names: readonly string[]): Map<string, number> {
  const places = new Map<string, number>();
  names.forEach((name, column) => {
    if (!places.has(name)) places.set(name, column);
  });
  return places;
}

function tooFewGenes(
  shared: number,
  files: readonly ChosenRows[],
  places: readonly ReadonlyMap<string, number>[],
): DataError {
  const examples = files.map(
    ({ source }, i) => `the ${source} file has ${[...places[i].keys()].slice(0, 2).join(', ')}`,
  );
  return new DataError(
    files.map(({ file }) => file).join(', '),
    `${shared === 0 ? 'no gene name is' : 'one gene name alone is'} in all of them: ${examples.join('; ')}`,
    'Give files with the same kind of gene names',
  );
}

function onOneScale(files: readonly ChosenRows[], columns: readonly (readonly number[])[]): CellRows[] {
  const cut = files.map(({ values }, i) => changeRows(values, [{ kind: 'columns', columns: columns[i] }]));
  if (files.every(({ kind }) => kind === 'counts')) return cut;
  const totals = files.map(({ values }) => describeMatrix(values).commonTotal);
  const target = totals.find((total) => total !== null) ?? null;
  const canBeScaled = files.every(({ kind }, i) => kind === 'counts' || totals[i] !== null);
  if (target !== null && canBeScaled) {
    const scaled: RowChange[] = [{ kind: 'total', target }, { kind: 'log1p' }];
    return files.map(({ kind }, i) =>
      changeRows(cut[i], kind === 'lognormalised' ? [{ kind: 'expm1' }, ...scaled] : scaled),
    );
  }
  if (files.some(({ kind }) => kind !== files[0].kind)) throw differentScales(files, totals);
  return files[0].kind === 'normalised' ? cut.map((values) => changeRows(values, [{ kind: 'log1p' }])) : cut;
}

function differentScales(files: readonly ChosenRows[], totals: readonly (number | null)[]): DataError {
  const found = files.map(({ source, kind, matrix }, i) => {
    const total = kind !== 'counts' && totals[i] === null ? ' of cells without a common total' : '';
    return `${kindInWords[kind]}${total} in ${matrix} of the ${source} file`;
  });
  return new DataError(
    files.map(({ file }) => file).join(', '),
    `their values are on different scales: ${found.join('; ')}`,
    'Give files that all hold counts, or that were all normalised alike',
  );
}
