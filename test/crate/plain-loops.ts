/** Matrices as rows of numbers, in double precision: what the graph's operators are compared with. */
export type Rows = number[][];

export function rowsOf(data: ArrayLike<number>, columns: number): Rows {
  const rows: Rows = [];
  for (let start = 0; start < data.length; start += columns) {
    rows.push(Array.from({ length: columns }, (_, i) => data[start + i]));
  }
  return rows;
}

/** a b^T: row i of `a` with row j of `b`. */
export const timesTransposed = (a: Rows, b: Rows): Rows =>
  a.map((row) => b.map((other) => row.reduce((sum, value, k) => sum + value * other[k], 0)));

/** a b. */
export const times = (a: Rows, b: Rows): Rows =>
  a.map((row) => b[0].map((_, j) => row.reduce((sum, value, k) => sum + value * b[k][j], 0)));

export const combine = (a: Rows, b: Rows, of: (x: number, y: number) => number): Rows =>
  a.map((row, i) => row.map((value, j) => of(value, b[i][j])));

export const softmaxRows = (a: Rows): Rows =>
  a.map((row) => {
    const powers = row.map((value) => Math.exp(value));
    const sum = powers.reduce((total, power) => total + power, 0);
    return powers.map((power) => power / sum);
  });

export const transposed = (a: Rows): Rows => a[0].map((_, j) => a.map((row) => row[j]));
