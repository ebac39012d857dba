import type { CsrMatrix } from '../io/anndata.js';

/** Every label against all other labelled cells, for every gene: labels x genes, row-major. */
export interface LabelContrasts {
  readonly labels: number;
  readonly genes: number;
  /** Welch's t; 0 where it is not defined (a group of fewer than two cells, no variance). */
  readonly scores: Float64Array;
  /** log2((expm1(mean in the label) + 1e-9) / (expm1(mean in the rest) + 1e-9)) of log-normalised means. */
  readonly foldChanges: Float64Array;
  /** 1 where both groups have a cell that expresses the gene: without one the fold change is the pseudocount's, not the gene's. */
  readonly expressed: Uint8Array;
}

/** Markers of one label in real cells beside the same genes in generated ones. */
export interface MarkerComparison {
  /** Genes, the strongest first. */
  readonly genes: Int32Array;
  readonly real: Float64Array;
  readonly generated: Float64Array;
  /** 1 where the gene is among the label's markers in the generated cells too. */
  readonly kept: Uint8Array;
  /** Share of markers kept; in [0, 1], 1 is best; null without markers. */
  readonly overlap: number | null;
  /** Fold changes of generated on real cells, see `compareMarkers`; 1 is ideal, less is flattened; null without markers. */
  readonly slope: number | null;
}

const pseudocount = 1e-9;

/**
 * Contrasts as scanpy's rank_genes_groups makes them by default (method 't-test', against the rest): Welch's t from means and
 * variances (n - 1) of log-normalised values, and log2 fold changes of the means taken back by expm1.
 * Cost: one pass over the stored values, and labels x genes.
 * @param cells cells x genes, ln(1 + normalised counts)
 * @param codes label of each cell in [0, labels), -1 without one: such cells are in no group
 */
export function contrastLabels(cells: CsrMatrix, codes: ArrayLike<number>, labels: number): LabelContrasts {
  const genes = cells.cols;
  const { sizes, sums, squares, positives } = groupSums(cells, codes, labels);
  const total = sizes.reduce((sum, size) => sum + size, 0);
  const scores = new Float64Array(labels * genes);
  const foldChanges = new Float64Array(labels * genes);
  const expressed = new Uint8Array(labels * genes);
  for (let gene = 0; gene < genes; gene++) {
    let [allSum, allSquares, allPositives] = [0, 0, 0];
    for (let at = gene; at < sums.length; at += genes) {
      allSum += sums[at];
      allSquares += squares[at];
      allPositives += positives[at];
    }
    for (let label = 0, at = gene; label < labels; label++, at += genes) {
      const [inside, outside] = [sizes[label], total - sizes[label]];
      if (inside === 0 || outside === 0) continue;
      const mean = sums[at] / inside;
      const rest = (allSum - sums[at]) / outside;
      const error = squaredError(inside, mean, squares[at]);
      const restError = squaredError(outside, rest, allSquares - squares[at]);
      const t = (mean - rest) / Math.sqrt(error + restError);
      if (Number.isFinite(t)) scores[at] = t;
      foldChanges[at] = Math.log2((Math.expm1(mean) + pseudocount) / (Math.expm1(rest) + pseudocount));
      expressed[at] = positives[at] > 0 && allPositives > positives[at] ? 1 : 0;
    }
  }
  return { labels, genes, scores, foldChanges, expressed };
}

/**
 * The genes that mark a label: those of the highest scores among those above zero, the strongest first; of equal ones the first.
 * @param count at most as many (50 in the reports)
 */
export function topMarkers({ genes, scores }: LabelContrasts, label: number, count: number): Int32Array {
  const own = scores.subarray(label * genes, (label + 1) * genes);
  const raised = Array.from(own.keys()).filter((gene) => own[gene] > 0);
  return Int32Array.from(raised.sort((a, b) => own[b] - own[a] || a - b).slice(0, count));
}

/**
 * One label's real markers in the generated cells. The slope is least squares through the origin, sum of real x generated over
 * sum of real^2, since a gene that is not changed should not be changed: a line with its own intercept would follow the narrow
 * range of the strongest genes instead. Genes that a group on either side does not express at all do not enter it.
 * @param real contrasts of real cells
 * @param generated contrasts of generated cells, of the same labels and genes
 */
export function compareMarkers(
  real: LabelContrasts,
  generated: LabelContrasts,
  label: number,
  count: number,
): MarkerComparison {
  const genes = topMarkers(real, label, count);
  const others = new Set(topMarkers(generated, label, count));
  const base = label * real.genes;
  const kept = Uint8Array.from(genes, (gene) => (others.has(gene) ? 1 : 0));
  let [products, squares] = [0, 0];
  for (const gene of genes) {
    if (!real.expressed[base + gene] || !generated.expressed[base + gene]) continue;
    products += real.foldChanges[base + gene] * generated.foldChanges[base + gene];
    squares += real.foldChanges[base + gene] ** 2;
  }
  return {
    genes,
    real: Float64Array.from(genes, (gene) => real.foldChanges[base + gene]),
    generated: Float64Array.from(genes, (gene) => generated.foldChanges[base + gene]),
    kept,
    overlap: genes.length > 0 ? kept.reduce((sum, one) => sum + one, 0) / genes.length : null,
    slope: squares > 0 ? products / squares : null,
  };
}

function groupSums(
  { rows, cols, indptr, indices, data }: CsrMatrix,
  codes: ArrayLike<number>,
  labels: number,
) {
  const sizes = new Int32Array(labels);
  const sums = new Float64Array(labels * cols);
  const squares = new Float64Array(labels * cols);
  const positives = new Int32Array(labels * cols);
  for (let row = 0; row < rows; row++) {
    if (codes[row] < 0) continue;
    sizes[codes[row]]++;
    const base = codes[row] * cols;
    for (let at = indptr[row]; at < indptr[row + 1]; at++) {
      const gene = base + indices[at];
      sums[gene] += data[at];
      squares[gene] += data[at] * data[at];
      if (data[at] > 0) positives[gene]++;
    }
  }
  return { sizes, sums, squares, positives };
}

/** Variance (n - 1) over n. */
function squaredError(n: number, mean: number, squares: number): number {
  const spread = squares - n * mean * mean;
  // What is left of a constant gene is rounding.
  return (spread > 1e-12 * squares ? spread : 0) / (n - 1) / n;
}
