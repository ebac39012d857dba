import fc from 'fast-check';
import type { AnnData, Column, DataFrame, DenseMatrix, Matrix, UnsValue } from '../../src/io/anndata.js';

/** Names as people give them, within what HDF5 holds: no slash, no NUL. */
const text = fc.string({ unit: 'grapheme', maxLength: 8 }).filter((s) => !/[/\0]/.test(s));
const name = text.filter((s) => s !== '' && s !== '.' && s !== '_index' && s !== '__proto__');
const float32 = fc.float({ noNaN: true, noDefaultInfinity: true });

/** Small AnnData objects with every kind of matrix and column, missing values and empty sides among them. */
export const anyAnnData: fc.Arbitrary<AnnData> = fc
  .record({ cells: fc.integer({ min: 0, max: 7 }), genes: fc.integer({ min: 0, max: 6 }), raw: fc.boolean() })
  .chain(({ cells, genes, raw }) =>
    fc.record({
      X: fc.option(anyMatrix(cells, genes)),
      obs: anyFrame(cells),
      var: anyFrame(genes),
      layers: fc.dictionary(name, anyMatrix(cells, genes), { maxKeys: 2 }).map(toMap),
      obsm: fc.dictionary(name, anyDense(cells, 2), { maxKeys: 2 }).map(toMap),
      varm: fc.dictionary(name, anyDense(genes, 3), { maxKeys: 1 }).map(toMap),
      obsp: fc.dictionary(name, anyMatrix(cells, cells), { maxKeys: 2 }).map(toMap),
      varp: fc.dictionary(name, anyMatrix(genes, genes), { maxKeys: 1 }).map(toMap),
      raw: raw ? fc.record({ X: anyMatrix(cells, genes + 1), var: anyFrame(genes + 1) }) : fc.constant(null),
      uns: anyUns,
    }),
  );

function anyMatrix(rows: number, cols: number): fc.Arbitrary<Matrix> {
  return fc.oneof(anyDense(rows, cols), anyDense(rows, cols).map(sparse));
}

function anyDense(rows: number, cols: number): fc.Arbitrary<DenseMatrix> {
  const value = fc.oneof(fc.constant(0), float32);
  return fc
    .array(value, { minLength: rows * cols, maxLength: rows * cols })
    .map((values) => ({ format: 'dense', rows, cols, data: Float32Array.from(values) }));
}

function sparse({ rows, cols, data }: DenseMatrix): Matrix {
  const stored = Array.from(data, (value, k) => ({ value, k })).filter(({ value }) => value !== 0);
  const indptr = new Float64Array(rows + 1);
  for (const { k } of stored) indptr[Math.floor(k / cols) + 1]!++;
  for (let i = 0; i < rows; i++) indptr[i + 1]! += indptr[i]!;
  return {
    format: 'csr',
    rows,
    cols,
    indptr,
    indices: Int32Array.from(stored, ({ k }) => k % cols),
    data: Float32Array.from(stored, ({ value }) => value),
  };
}

/** Two levels deep at most; one starts with what no other name has, lest a column lie within another. */
const columnName = fc.oneof(
  name,
  fc.tuple(name, name).map(([above, below]) => `nested ${above}/${below}`),
);

function anyFrame(rows: number): fc.Arbitrary<DataFrame> {
  return fc.record({
    index: fc.uniqueArray(text, { minLength: rows, maxLength: rows }),
    columns: fc.dictionary(columnName, anyColumn(rows), { maxKeys: 4 }).map(toMap),
  });
}

function anyColumn(rows: number): fc.Arbitrary<Column> {
  const of = <T>(value: fc.Arbitrary<T>) => fc.array(value, { minLength: rows, maxLength: rows });
  return fc.oneof(
    of(text).map((values): Column => ({ kind: 'string', values })),
    of(fc.option(fc.boolean())).map((values): Column => ({ kind: 'boolean', values })),
    of(fc.double()).map(
      (values): Column => ({ kind: 'numeric', values: Float64Array.from(values), integer: false }),
    ),
    of(fc.oneof(fc.maxSafeInteger(), fc.constant(Number.NaN))).map(
      (values): Column => ({ kind: 'numeric', values: Float64Array.from(values), integer: true }),
    ),
    fc
      .record({ categories: fc.uniqueArray(text, { maxLength: 5 }), ordered: fc.boolean() })
      .chain(({ categories, ordered }) =>
        of(fc.integer({ min: -1, max: categories.length - 1 })).map(
          (codes): Column => ({ kind: 'categorical', categories, codes: Int32Array.from(codes), ordered }),
        ),
      ),
  );
}

const anyUns: fc.Arbitrary<{ readonly [key: string]: UnsValue }> = fc.letrec<{
  mapping: Record<string, UnsValue>;
  value: UnsValue;
}>((tie) => ({
  mapping: fc.dictionary(name, tie('value'), { maxKeys: 3 }).map((mapping) => ({ ...mapping })),
  value: fc.oneof(
    { maxDepth: 3 },
    text,
    fc.double({ noNaN: true }).filter((value) => !Object.is(value, -0)),
    fc.boolean(),
    fc.array(text, { maxLength: 3 }),
    fc.array(fc.double(), { maxLength: 3 }).map((values) => Float64Array.from(values)),
    fc.array(float32, { maxLength: 3 }).map((values) => Float32Array.from(values)),
    fc.array(fc.integer(), { maxLength: 3 }).map((values) => Int32Array.from(values)),
    tie('mapping'),
  ),
})).mapping;

function toMap<T>(record: Record<string, T>): ReadonlyMap<string, T> {
  return new Map(Object.entries(record));
}
