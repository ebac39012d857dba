/**
 * A mean of products of derivatives: parts of a network (per cell: state x parts) through the state to genes (per cell:
 * genes x state).
 * @param toState cells x state x parts, row-major
 * @param toGenes cells x genes x state, row-major
 * @returns genes x parts, row-major
 */
export function meanProduct(
  toState: Float32Array,
  toGenes: Float32Array,
  cells: number,
  state: number,
): Float64Array {
  const parts = toState.length / (cells * state);
  const genes = toGenes.length / (cells * state);
  const product = new Float64Array(genes * parts);
  for (let cell = 0; cell < cells; cell++) {
    for (let gene = 0; gene < genes; gene++) {
      for (let k = 0; k < state; k++) {
        const weight = toGenes[(cell * genes + gene) * state + k] / cells;
        const from = (cell * state + k) * parts;
        for (let part = 0; part < parts; part++)
          product[gene * parts + part] += weight * toState[from + part];
      }
    }
  }
  return product;
}

const ROUNDS = 100;

/**
 * The direction among genes in which a set of columns moves them most: the first left singular vector times its singular value,
 * by power iteration. Its sign is that of its largest entry made positive.
 * @param columns genes x width, row-major
 */
export function leadingDirection(columns: Float64Array, width: number): Float64Array {
  const genes = columns.length / width;
  let right = new Float64Array(width).fill(1 / Math.sqrt(width));
  let left = new Float64Array(genes);
  for (let round = 0; round < ROUNDS; round++) {
    left = new Float64Array(genes);
    for (let at = 0; at < columns.length; at++)
      left[Math.floor(at / width)] += columns[at] * right[at % width];
    const next = new Float64Array(width);
    for (let at = 0; at < columns.length; at++)
      next[at % width] += columns[at] * left[Math.floor(at / width)];
    const length = Math.sqrt(next.reduce((sum, value) => sum + value * value, 0));
    if (length === 0) break;
    right = next.map((value) => value / length);
  }
  const largest = left.reduce((most, value) => (Math.abs(value) > Math.abs(most) ? value : most), 0);
  return largest < 0 ? left.map((value) => -value) : left;
}
