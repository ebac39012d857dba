import { columnOf, type Programmes, topGenes } from './programmes.js';

/** Genes that speak for a programme when it is turned. */
const TARGET_GENES = 20;

/** The genes that a programme raises most, by its effect on expression. */
export const targetGenes = ({ effects, atoms }: Omit<Programmes, 'genes'>, atom: number): Int32Array =>
  topGenes(columnOf(effects, atoms, atom), TARGET_GENES, 'up');

/**
 * The change of an atom's code that moves its top genes by `log2` doublings on average: a dose means the same for every
 * programme, whatever the scale of its code.
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
}

/**
 * @param before sums of each gene's expected values in the cells as they were, and `after` in the same cells with the dose
 * @param targets the programme's top genes
 */
export function measureShift(before: Float64Array, after: Float64Array, targets: Int32Array): Shift {
  const [total, changed] = [before, after].map((sums) => sums.reduce((a, b) => a + b, 0));
  const isTarget = new Set(targets);
  let [on, off, others] = [0, 0, 0];
  before.forEach((sum, gene) => {
    if (sum === 0) return;
    const fold = Math.log2(after[gene] / changed / (sum / total));
    if (isTarget.has(gene)) on += fold / targets.length;
    else {
      off += Math.abs(fold);
      others++;
    }
  });
  return { onTarget: on, offTarget: others > 0 ? off / others : 0 };
}
