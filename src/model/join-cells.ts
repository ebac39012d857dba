import { concatRows, selectColumns, toCsr } from '../counts/csr.js';
import { describeMatrix, type UsableKind } from '../counts/describe-matrix.js';
import { DataError } from '../errors.js';
import type { AnnData, CategoricalColumn, Column, CsrMatrix, DataFrame, Matrix } from '../io/anndata.js';
import { uniqueNames } from '../io/elements/unique-names.js';
import type { ChosenCells } from './chosen-cells.js';
import { columnLabels } from './label-columns.js';
import { subsetFrame } from './subset-cells.js';

/** Cells of two files, one below the other, on the genes that both have. */
export interface JoinedCells {
  /** obs of both with a column `source`, var of the first, X and the layers that both have with values of the same kind. */
  readonly data: AnnData;
  /** The chosen matrices: all cells x shared genes. */
  readonly values: CsrMatrix;
}

const kindInWords: Readonly<Record<UsableKind, string>> = {
  counts: 'counts',
  lognormalised: 'log-normalised values',
  normalised: 'normalised values',
};

/**
 * Joins the cells of two files by the names of their genes.
 * @throws DataError for values on different scales, or no shared gene
 */
export function joinCells(first: ChosenCells, second: ChosenCells): JoinedCells {
  const both = `${first.file} and ${second.file}`;
  if (first.kind !== second.kind) {
    throw new DataError(
      both,
      `their values are on different scales: ${kindInWords[first.kind]} in ${first.matrix}, and ${kindInWords[second.kind]} in ${second.matrix}`,
      'Give two files that both hold counts, or both log-normalised values',
    );
  }
  const placeInSecond = new Map(second.genes.index.map((name, column) => [name, column]));
  const ofFirst = Int32Array.from(first.genes.index.keys()).filter((column) =>
    placeInSecond.has(first.genes.index[column]),
  );
  if (ofFirst.length === 0) {
    throw new DataError(
      both,
      'they have no gene names in common',
      'Give two files with the same kind of gene names',
    );
  }
  const ofSecond = ofFirst.map((column) => placeInSecond.get(first.genes.index[column])!);
  const join = (a: Matrix, b: Matrix): CsrMatrix =>
    concatRows([selectColumns(toCsr(a), ofFirst), selectColumns(toCsr(b), ofSecond)], ofFirst.length);
  const kept = first.matrix === 'raw/X' || second.matrix === 'raw/X' ? [] : sharedMatrices(first, second);
  const layers = kept.filter(([name]) => name !== 'X').map(([name, a, b]) => [name, join(a, b)] as const);
  const [main] = kept.filter(([name]) => name === 'X');
  return {
    values: join(first.values, second.values),
    data: {
      X: main === undefined ? null : join(main[1], main[2]),
      obs: joinObs(first, second),
      var: subsetFrame(first.genes, ofFirst),
      layers: new Map(layers),
      obsm: new Map(),
      varm: new Map(),
      obsp: new Map(),
      varp: new Map(),
      raw: null,
      uns: {},
    },
  };
}

/** X and layers that both have, with values of the same kind: [name, of the first, of the second]. */
function sharedMatrices(first: ChosenCells, second: ChosenCells): [string, Matrix, Matrix][] {
  const others = namedMatrices(second.data);
  return [...namedMatrices(first.data)].flatMap(([name, matrix]): [string, Matrix, Matrix][] => {
    const other = others.get(name);
    const isAlike = other !== undefined && describeMatrix(matrix).kind === describeMatrix(other).kind;
    return isAlike ? [[name, matrix, other]] : [];
  });
}

const namedMatrices = (data: AnnData): Map<string, Matrix> =>
  new Map([...(data.X === null ? [] : [['X', data.X] as const]), ...data.layers]);

function joinObs(first: ChosenCells, second: ChosenCells): DataFrame {
  const [a, b] = [first.data.obs, second.data.obs];
  const sizes = [a.index.length, b.index.length] as const;
  const columns = [...new Set([...a.columns.keys(), ...b.columns.keys()])];
  // A column of the user's that is named `source` too becomes `source-1`.
  const { names } = uniqueNames(['source', ...columns]);
  const joined = columns.map(
    (name, i) => [names[i + 1], joinColumns(a.columns.get(name), b.columns.get(name), sizes)] as const,
  );
  const source: CategoricalColumn = {
    kind: 'categorical',
    categories: [first.source, second.source],
    codes: new Int32Array(sizes[0] + sizes[1]).fill(1, sizes[0]),
    ordered: false,
  };
  return {
    index: uniqueNames([...a.index, ...b.index]).names,
    columns: new Map([['source', source], ...joined]),
  };
}

/** One below the other; missing values where a file lacks the column, labels where the two are of different kinds. */
function joinColumns(a: Column | undefined, b: Column | undefined, sizes: readonly [number, number]): Column {
  if (a?.kind === 'numeric' && b?.kind === 'numeric') {
    return {
      kind: 'numeric',
      values: Float64Array.from([...a.values, ...b.values]),
      integer: a.integer && b.integer,
    };
  }
  if (a?.kind === 'boolean' && b?.kind === 'boolean') {
    return { kind: 'boolean', values: [...a.values, ...b.values] };
  }
  const labels = [...labelsOf(a, sizes[0]), ...labelsOf(b, sizes[1])];
  if (a?.kind === 'string' && b?.kind === 'string') return { kind: 'string', values: labels };
  if ((a ?? b)!.kind === 'numeric' && (a === undefined || b === undefined)) {
    return {
      kind: 'numeric',
      values: Float64Array.from(labels, (label) => (label === null ? Number.NaN : Number(label))),
      integer: false,
    };
  }
  const named = [a, b].flatMap((column) => (column?.kind === 'categorical' ? column.categories : []));
  const categories = [...new Set([...named, ...labels.filter((label) => label !== null)])];
  const codeOf = new Map(categories.map((category, code) => [category, code]));
  return {
    kind: 'categorical',
    categories,
    codes: Int32Array.from(labels, (label) => (label === null ? -1 : codeOf.get(label)!)),
    ordered: false,
  };
}

const labelsOf = (column: Column | undefined, cells: number): readonly (string | null)[] =>
  column === undefined ? new Array<null>(cells).fill(null) : columnLabels(column);
