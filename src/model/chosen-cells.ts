import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type CellRows, closeRows, MOST_IN_MEMORY, readCellRows } from '../counts/cell-rows.js';
import { checkDescription, checkMatrix, chooseMatrix } from '../counts/choose-matrix.js';
import { toCsr } from '../counts/csr.js';
import { MatrixLook, type UsableKind } from '../counts/describe-matrix.js';
import type { AnnData, CsrMatrix, DataFrame, FrameColumns, Matrix } from '../io/anndata.js';
import { withH5ad } from '../io/h5ad-file.js';
import { readH5ad } from '../io/read.js';

/** The matrix of a file that training would choose, and the cells' annotation. */
export interface ChosenRows {
  readonly file: string;
  /** What the cells of this file are called beside those of another. */
  readonly source: string;
  readonly data: { readonly obs: FrameColumns };
  /** 'X', 'layers/<name>' or 'raw/X', and why. */
  readonly matrix: string;
  readonly reason: string;
  readonly kind: UsableKind;
  /** Cells x genes of the matrix. */
  readonly values: CellRows;
  readonly genes: DataFrame;
}

/** The same beside all else that the file holds. */
export interface ChosenCells extends ChosenRows {
  readonly data: AnnData;
  readonly values: CsrMatrix;
}

/** Large files are unpacked beside this path; TMPDIR names another disk. */
const scratch = join(tmpdir(), 'cellcrate');

/**
 * Reads the matrix; of a large one the values lie on the disk until they are given back (`closeRows`).
 * @param mostInMemory stored values
 * @throws FileError for a file that cannot be read; DataError where no matrix of it can be used
 */
export async function readChosenRows(
  file: string,
  source: string,
  mostInMemory = MOST_IN_MEMORY,
  signal?: AbortSignal,
): Promise<ChosenRows> {
  return withH5ad(file, async (open) => {
    const { name, reason, kind } = await chooseMatrix(open);
    const look = new MatrixLook();
    const values = await readCellRows(open, name, scratch, mostInMemory, (block) => look.add(block), signal);
    try {
      checkDescription(look.describe(values), name, kind);
    } catch (error) {
      closeRows(values);
      throw error;
    }
    const genes = name === 'raw/X' ? open.rawVar! : open.var;
    return { file, source, data: { obs: open.obsColumns }, matrix: name, reason, kind, values, genes };
  });
}

/** @throws FileError for a file that cannot be read; DataError where no matrix of it can be used */
export async function readChosenCells(file: string, source: string): Promise<ChosenCells> {
  const { name, reason, kind } = await withH5ad(file, (open) => chooseMatrix(open));
  const data = await readH5ad(file);
  const matrix = matrixOf(data, name);
  checkMatrix(matrix, name, kind);
  return {
    ...{ file, source, data, matrix: name, reason, kind },
    values: toCsr(matrix),
    genes: name === 'raw/X' ? data.raw!.var : data.var,
  };
}

/** The matrix that `chooseMatrix` has named. */
function matrixOf(data: AnnData, name: string): Matrix {
  if (name === 'X') return data.X!;
  return name === 'raw/X' ? data.raw!.X : data.layers.get(name.slice('layers/'.length))!;
}
