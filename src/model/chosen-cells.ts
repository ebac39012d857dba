import { checkMatrix, chooseMatrix } from '../counts/choose-matrix.js';
import { toCsr } from '../counts/csr.js';
import type { UsableKind } from '../counts/describe-matrix.js';
import type { AnnData, CsrMatrix, DataFrame, Matrix } from '../io/anndata.js';
import { withH5ad } from '../io/h5ad-file.js';
import { readH5ad } from '../io/read.js';

/** A whole file, and the matrix of it that training would choose. */
export interface ChosenCells {
  readonly file: string;
  /** What the cells of this file are called beside those of another. */
  readonly source: string;
  readonly data: AnnData;
  /** 'X', 'layers/<name>' or 'raw/X', and why. */
  readonly matrix: string;
  readonly reason: string;
  readonly kind: UsableKind;
  /** Cells x genes of the matrix. */
  readonly values: CsrMatrix;
  readonly genes: DataFrame;
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
