import { OptionError } from '../../errors.js';
import { type CellRows, cellTotals, changeRows, rowBlocks } from '../cell-rows.js';
import type { UsableKind } from '../describe-matrix.js';
import { medianLibrarySize } from '../library-size.js';
import { cellRangerScores } from './cell-ranger.js';
import { seuratV3Scores } from './seurat-v3.js';

/** How highly variable genes are found, under scanpy's names. */
export type HvgFlavour = 'seurat_v3' | 'cell_ranger';

/** The flavour that suits a matrix: Seurat v3 needs counts. */
export function defaultFlavour(kind: UsableKind): HvgFlavour {
  return kind === 'counts' ? 'seurat_v3' : 'cell_ranger';
}

/**
 * The most variable genes, ascending by column. Genes that are zero in every cell are never among them; genes that
 * do not vary fill up last, so that asking for as many as there are gives every expressed gene.
 * @param matrix cells x genes, as in the file
 * @param count how many genes, at least 1; all expressed genes where there are fewer
 * @throws OptionError for seurat_v3 on anything but counts, or a count below 1
 */
export function selectHighlyVariableGenes(
  matrix: CellRows,
  kind: UsableKind,
  flavour: HvgFlavour,
  count: number,
): Int32Array {
  if (!(Number.isInteger(count) && count >= 1)) {
    throw new OptionError(
      '--genes',
      `${count} is not a whole number from 1 on`,
      'Give a number such as 2000',
    );
  }
  const expressed = expressedGenes(matrix);
  if (count >= expressed.length) return expressed;
  const scores =
    flavour === 'seurat_v3' ? seuratV3(matrix, kind) : cellRangerScores(linearValues(matrix, kind));
  return expressed
    .sort((a, b) => compare(scores[b], scores[a]) || a - b)
    .slice(0, count)
    .sort();
}

function expressedGenes(matrix: CellRows): Int32Array {
  const seen = new Uint8Array(matrix.cols);
  for (const { indices, data } of rowBlocks(matrix)) {
    for (let k = 0; k < indices.length; k++) if (data[k] !== 0) seen[indices[k]] = 1;
  }
  return Int32Array.from(seen.keys()).filter((gene) => seen[gene] === 1);
}

function seuratV3(matrix: CellRows, kind: UsableKind): Float64Array {
  if (kind !== 'counts') {
    throw new OptionError(
      '--hvg seurat_v3',
      'this flavour models the variance of counts, and the matrix holds other values',
      'Use cell_ranger, or choose a matrix of counts with --layer',
    );
  }
  return seuratV3Scores(matrix);
}

function linearValues(matrix: CellRows, kind: UsableKind): CellRows {
  if (kind === 'lognormalised') return changeRows(matrix, [{ kind: 'expm1' }]);
  return changeRows(matrix, [{ kind: 'total', target: medianLibrarySize(cellTotals(matrix)) }]);
}

/** Orders -Infinity like any number: their difference would be NaN. */
function compare(a: number, b: number): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
