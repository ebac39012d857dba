import { columnOf, type Programmes, topGenes } from './programmes.js';

/** Genes that speak for a programme when it is turned. */
const TARGET_GENES = 20;

/** The genes that a programme raises most, by its effect on expression. */
export const targetGenes = ({ effects, atoms }: Omit<Programmes, 'genes'>, atom: number): Int32Array =>
  topGenes(columnOf(effects, atoms, atom), TARGET_GENES, 'up');

/**
 * The change of an atom's code that moves its top genes by `log2` doublings on average against all others, so that a dose means the same
 * for every programme, whatever the scale of its code. A cell's total stays, so what is measured is less, the more so the larger the dose.
 * @returns 0 for an atom that raises no gene
 */
export function codeShift(programmes: Omit<Programmes, 'genes'>, atom: number, log2: number): number {
  const column = columnOf(programmes.loadings, programmes.atoms, atom);
  const top = targetGenes(programmes, atom);
  const mean = top.reduce((sum, gene) => sum + column[gene], 0) / Math.max(1, top.length);
  return mean > 0 ? (log2 * Math.LN2) / mean : 0;
}

/** How genes moved between two sets of cells that differ in a programme's dose alone. */
export interface Shift {
  /** Mean log2 fold change over the programme's top genes, and mean size of it over all others. */
  readonly onTarget: number;
  readonly offTarget: number;
  /** The same size over bystanders alone: genes that the programme gives less than a tenth of what it gives its top genes. */
  readonly bystanders: number;
}

/** Where a programme stops: a share of what it gives its top genes. */
const BYSTANDER = 0.1;

/**
 * @param before sums of each gene's expected values in the cells as they were, and `after` in the same cells with the dose
 * @param loading of each gene in the programme
 * @param targets the programme's top genes
 */
export function measureShift(
  before: Float64Array,
  after: Float64Array,
  loading: Float64Array,
  targets: Int32Array,
): Shift {
  const [total, changed] = [before, after].map((sums) => sums.reduce((a, b) => a + b, 0));
  const isTarget = new Set(targets);
  const typical = targets.reduce((sum, gene) => sum + loading[gene] / targets.length, 0);
  const folds = Float64Array.from(before, (sum, gene) =>
    sum > 0 ? Math.log2(after[gene] / changed / (sum / total)) : Number.NaN,
  );
  const meanOver = (chosen: (gene: number) => boolean, of: (fold: number) => number): number => {
    const own = folds.filter((fold, gene) => chosen(gene) && Number.isFinite(fold));
    return own.length > 0 ? own.reduce((sum, fold) => sum + of(fold), 0) / own.length : 0;
  };
  return {
    onTarget: meanOver(
      (gene) => isTarget.has(gene),
      (fold) => fold,
    ),
    offTarget: meanOver((gene) => !isTarget.has(gene), Math.abs),
    bystanders: meanOver((gene) => Math.abs(loading[gene]) < BYSTANDER * typical, Math.abs),
  };
}
