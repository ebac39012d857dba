/**
 * The annotated matrix in memory: scanpy's AnnData, cells x genes, as plain data.
 * Names follow the on-disk specification of anndata.
 */

/** Compressed sparse rows; `indices` sorted and unique within a row. Values are float64 only where float32 would not be exact. */
export interface CsrMatrix {
  readonly format: 'csr';
  readonly rows: number;
  readonly cols: number;
  /** rows + 1 offsets into `indices` and `data`. */
  readonly indptr: Float64Array;
  readonly indices: Int32Array;
  readonly data: Float32Array | Float64Array;
}

/** Row-major dense values. */
export interface DenseMatrix {
  readonly format: 'dense';
  readonly rows: number;
  readonly cols: number;
  readonly data: Float32Array | Float64Array;
}

export type Matrix = CsrMatrix | DenseMatrix;

/** Codes are positions in `categories`; -1 is a missing value. */
export interface CategoricalColumn {
  readonly kind: 'categorical';
  readonly categories: readonly string[];
  readonly codes: Int32Array;
  readonly ordered: boolean;
}

export interface StringColumn {
  readonly kind: 'string';
  readonly values: readonly (string | null)[];
}

/** NaN is a missing value, whatever the type on disk. */
export interface NumericColumn {
  readonly kind: 'numeric';
  readonly values: Float64Array;
  readonly integer: boolean;
}

/** null is a missing value. */
export interface BooleanColumn {
  readonly kind: 'boolean';
  readonly values: readonly (boolean | null)[];
}

export type Column = CategoricalColumn | StringColumn | NumericColumn | BooleanColumn;

/** Rows named by `index` (unique), columns in file order. */
export interface DataFrame {
  readonly index: readonly string[];
  readonly columns: ReadonlyMap<string, Column>;
}

/** The columns of a frame, and of its names only how many there are. */
export interface FrameColumns {
  readonly index: { readonly length: number };
  readonly columns: ReadonlyMap<string, Column>;
}

/** What `uns` can hold: nested mappings of strings, numbers, booleans and arrays of them. */
export type UnsValue =
  | string
  | number
  | boolean
  | readonly string[]
  | Float32Array
  | Float64Array
  | Int32Array
  | { readonly [key: string]: UnsValue };

export interface AnnData {
  readonly X: Matrix | null;
  readonly obs: DataFrame;
  readonly var: DataFrame;
  readonly layers: ReadonlyMap<string, Matrix>;
  readonly obsm: ReadonlyMap<string, DenseMatrix>;
  readonly varm: ReadonlyMap<string, DenseMatrix>;
  /** cells x cells: neighbour graphs, distances. */
  readonly obsp: ReadonlyMap<string, Matrix>;
  /** genes x genes. */
  readonly varp: ReadonlyMap<string, Matrix>;
  readonly raw: { readonly X: Matrix; readonly var: DataFrame } | null;
  readonly uns: { readonly [key: string]: UnsValue };
}
