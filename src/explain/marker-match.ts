import { auroc } from '../metrics/auroc.js';
import { averagePrecision, descendingOrder } from '../metrics/average-precision.js';
import type { Stream } from '../random/stream.js';

/** Components of a method: what each cell has of them, and what they say of each gene. */
export interface Components {
  readonly count: number;
  /** cells x count, row-major. */
  readonly scores: ArrayLike<number>;
  /** genes x count, row-major: higher for genes that belong to the component. */
  readonly loadings: ArrayLike<number>;
  /** Whether a component and its negative are the same, as in PCA. */
  readonly signed: boolean;
}

/** A cell type and the component that stands for it. */
export interface MarkerMatch {
  readonly type: number;
  /** The component whose scores tell the type's cells from all others best (AUROC): chosen without a look at the markers. */
  readonly matched: number;
  readonly sign: 1 | -1;
  readonly auroc: number;
  /** Average precision of the type's markers in the matched component's genes. */
  readonly precision: number;
  /** The largest over all components: what the best would be if one knew the markers. */
  readonly best: number;
}

/**
 * For each type its component, by the same rule for every method.
 * @param types of the cells that have scores, -1 without one
 * @param markers for each type 1 for the genes that mark it; null for a type that is left out
 */
export function matchMarkers(
  components: Components,
  types: ArrayLike<number>,
  markers: readonly (Uint8Array | null)[],
): MarkerMatch[] {
  const { count, scores, loadings, signed } = components;
  const column = (matrix: ArrayLike<number>, c: number, sign: number) =>
    Float64Array.from({ length: matrix.length / count }, (_, row) => sign * matrix[row * count + c]);
  const signs = signed ? ([1, -1] as const) : ([1] as const);
  const candidates = Array.from({ length: count }, (_, c) =>
    signs.map((sign) => {
      const genes = column(loadings, c, sign);
      return { c, sign, scores: column(scores, c, sign), genes, order: descendingOrder(genes) };
    }),
  ).flat();
  return markers.flatMap((isMarker, type) => {
    const [own, others] = [true, false].map((of) =>
      Array.from({ length: types.length }, (_, cell) => cell).filter((cell) => (types[cell] === type) === of),
    );
    if (isMarker === null || own.length === 0 || others.length === 0) return [];
    let [matched, highest, precision, best] = [candidates[0], -1, 0, 0];
    for (const candidate of candidates) {
      const value = (cell: number) => candidate.scores[cell];
      const area = auroc(own.map(value), others.map(value));
      const genesAhead = averagePrecision(candidate.genes, isMarker, candidate.order);
      if (area > highest) [matched, highest, precision] = [candidate, area, genesAhead];
      best = Math.max(best, genesAhead);
    }
    return [{ type, matched: matched.c, sign: matched.sign, auroc: highest, precision, best }];
  });
}

/**
 * What goes with each component in the cells: the covariance of its scores with each gene, over the deviation of the scores
 * (factor analysis's structure, where the loadings are its pattern).
 * @param expression cells x genes, row-major
 * @returns genes x count
 */
export function componentStructure(
  { count, scores }: Components,
  expression: Float32Array,
  genes: number,
): Float64Array {
  const cells = expression.length / genes;
  const centred = Float64Array.from({ length: cells * count }, (_, at) => scores[at]);
  for (let c = 0; c < count; c++) {
    let [sum, squares] = [0, 0];
    for (let at = c; at < centred.length; at += count) {
      sum += centred[at];
      squares += centred[at] ** 2;
    }
    const mean = sum / cells;
    const deviation = Math.sqrt(Math.max(0, squares / cells - mean * mean));
    for (let at = c; at < centred.length; at += count) {
      centred[at] = deviation > 0 ? (centred[at] - mean) / (deviation * cells) : 0;
    }
  }
  const structure = new Float64Array(genes * count);
  for (let cell = 0; cell < cells; cell++) {
    for (let gene = 0; gene < genes; gene++) {
      const value = expression[cell * genes + gene];
      if (value === 0) continue;
      for (let c = 0; c < count; c++) structure[gene * count + c] += value * centred[cell * count + c];
    }
  }
  return structure;
}

/** The rows of `matrix` (rows x count) in a random order: programmes whose genes mean nothing. */
export function shuffledRows(matrix: ArrayLike<number>, count: number, random: Stream): Float64Array {
  const order = shuffled(
    Array.from({ length: matrix.length / count }, (_, row) => row),
    random,
  );
  return Float64Array.from(
    { length: matrix.length },
    (_, at) => matrix[order[Math.floor(at / count)] * count + (at % count)],
  );
}

/** The same values in a random order (Fisher and Yates). */
export function shuffled(values: ArrayLike<number>, random: Stream): Int32Array {
  const order = Int32Array.from({ length: values.length }, (_, i) => values[i]);
  for (let i = order.length - 1; i > 0; i--) {
    const j = random.integer(i + 1);
    [order[i], order[j]] = [order[j], order[i]];
  }
  return order;
}
