/** A number over seeds. */
export interface Spread {
  readonly mean: number;
  /** Sample standard deviation; null of a single value. */
  readonly deviation: number | null;
  readonly n: number;
}

/** Mean and deviation of the values that are defined; null where none is. */
export function spreadOf(values: readonly (number | null | undefined)[]): Spread | null {
  const defined = values.filter((value): value is number => typeof value === 'number');
  const n = defined.length;
  if (n === 0) return null;
  const mean = defined.reduce((sum, value) => sum + value, 0) / n;
  if (n === 1) return { mean, deviation: null, n };
  const squares = defined.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return { mean, deviation: Math.sqrt(squares / (n - 1)), n };
}
