/** Eigenvalues in descending order, and eigenvectors as the columns of `vectors` (n x n, row-major). */
export interface SymmetricEigen {
  readonly values: Float64Array;
  readonly vectors: Float64Array;
}

/** Steps an eigenvalue may take; two or three do. */
const mostSteps = 60;

/**
 * Eigendecomposition of a symmetric matrix: Householder reflections make it tridiagonal, and QR steps with Wilkinson's shift
 * diagonal (Golub and Van Loan, Matrix Computations, 8.3). About 9 n^3 multiplications: for n up to a thousand.
 * @param matrix n x n, row-major; left as it is
 */
export function symmetricEigen(matrix: Float64Array, n: number): SymmetricEigen {
  const { diagonal, beside, reflections } = tridiagonal(matrix, n);
  /** Eigenvectors as rows, so that a rotation turns what lies together. */
  const rows = Array.from({ length: n }, (_, i) => {
    const row = new Float64Array(n);
    row[i] = 1;
    return row;
  });
  diagonalise(diagonal, beside, rows);
  const order = Array.from({ length: n }, (_, i) => i).sort((i, j) => diagonal[j] - diagonal[i]);
  const vectors = new Float64Array(n * n);
  order.forEach((from, to) => {
    const row = rows[from];
    for (const reflection of reflections.toReversed()) reflect(row, reflection);
    for (let i = 0; i < n; i++) vectors[i * n + to] = row[i];
  });
  return { values: Float64Array.from(order, (i) => diagonal[i]), vectors };
}

/** I - v v', of length sqrt(2), for the last entries of a vector. */
type Reflection = Float64Array;

interface Tridiagonal {
  readonly diagonal: Float64Array;
  /** Entry i lies between i and i + 1. */
  readonly beside: Float64Array;
  /** Their product, the first one leftmost, turns the tridiagonal matrix into the one it was made of. */
  readonly reflections: readonly Reflection[];
}

function tridiagonal(matrix: Float64Array, n: number): Tridiagonal {
  const a = matrix.slice();
  const reflections: Reflection[] = [];
  const beside = new Float64Array(Math.max(0, n - 1));
  for (let k = 0; k < n - 1; k++) {
    const rest = n - k - 1;
    const v = Float64Array.from({ length: rest }, (_, i) => a[(k + 1 + i) * n + k]);
    const norm = Math.hypot(...v);
    const first = v[0];
    beside[k] = first > 0 ? -norm : norm;
    v[0] -= beside[k];
    // |v|^2 = 2 norm (norm + |first|), made 2.
    const scale = norm > 0 ? 1 / Math.sqrt(norm * (norm + Math.abs(first))) : 0;
    for (let i = 0; i < rest; i++) v[i] *= scale;
    reflections.push(v);
    reflectBothSides(a, v, n, k + 1);
  }
  return { diagonal: Float64Array.from({ length: n }, (_, i) => a[i * n + i]), beside, reflections };
}

/** (I - v v') A (I - v v') for the symmetric part from `start` on. */
function reflectBothSides(a: Float64Array, v: Float64Array, n: number, start: number): void {
  const size = v.length;
  const w = new Float64Array(size);
  for (let i = 0; i < size; i++) {
    const from = (start + i) * n + start;
    let sum = 0;
    for (let j = 0; j < size; j++) sum += a[from + j] * v[j];
    w[i] = sum;
  }
  const half = dot(w, v) / 2;
  for (let i = 0; i < size; i++) w[i] -= half * v[i];
  for (let i = 0; i < size; i++) {
    const from = (start + i) * n + start;
    const [vi, wi] = [v[i], w[i]];
    for (let j = 0; j < size; j++) a[from + j] -= vi * w[j] + wi * v[j];
  }
}

function reflect(row: Float64Array, v: Reflection): void {
  const start = row.length - v.length;
  let product = 0;
  for (let i = 0; i < v.length; i++) product += row[start + i] * v[i];
  for (let i = 0; i < v.length; i++) row[start + i] -= product * v[i];
}

/** Turns `diagonal` into eigenvalues and `rows` with it. */
function diagonalise(diagonal: Float64Array, beside: Float64Array, rows: Float64Array[]): void {
  const n = diagonal.length;
  const largest = Math.max(0, ...diagonal.map(Math.abs), ...beside.map(Math.abs));
  const isSmall = (i: number) => {
    const bound = Number.EPSILON * (Math.abs(diagonal[i]) + Math.abs(diagonal[i + 1]));
    return !(Math.abs(beside[i]) > Math.max(bound, Number.EPSILON ** 2 * largest));
  };
  let steps = 0;
  for (let last = n - 1; last > 0; ) {
    if (isSmall(last - 1) || steps === mostSteps) {
      last--;
      steps = 0;
      continue;
    }
    let first = last - 1;
    while (first > 0 && !isSmall(first - 1)) first--;
    qrStep(diagonal, beside, rows, first, last);
    steps++;
  }
}

/** An implicit QR step of the part from `first` to `last`: rotations chase what the first of them brings off the band. */
function qrStep(
  diagonal: Float64Array,
  beside: Float64Array,
  rows: Float64Array[],
  first: number,
  last: number,
): void {
  const half = (diagonal[last - 1] - diagonal[last]) / 2;
  const corner = beside[last - 1];
  const root = Math.hypot(half, corner);
  const shift = diagonal[last] - corner ** 2 / (half < 0 ? half - root : half + root);
  let x = diagonal[first] - shift;
  let z = beside[first];
  for (let k = first; k < last; k++) {
    const length = Math.hypot(x, z);
    const [c, s] = length > 0 ? [x / length, z / length] : [1, 0];
    if (k > first) beside[k - 1] = length;
    const [a, b, off] = [diagonal[k], diagonal[k + 1], beside[k]];
    diagonal[k] = c * c * a + 2 * c * s * off + s * s * b;
    diagonal[k + 1] = s * s * a - 2 * c * s * off + c * c * b;
    beside[k] = c * s * (b - a) + (c * c - s * s) * off;
    x = beside[k];
    if (k < last - 1) {
      z = s * beside[k + 1];
      beside[k + 1] *= c;
    }
    rotate(rows[k], rows[k + 1], c, s);
  }
}

function rotate(p: Float64Array, q: Float64Array, c: number, s: number): void {
  for (let i = 0; i < p.length; i++) {
    const [x, y] = [p[i], q[i]];
    p[i] = c * x + s * y;
    q[i] = c * y - s * x;
  }
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i] * b[i];
  return sum;
}
