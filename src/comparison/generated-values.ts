import { toCsr } from '../counts/csr.js';
import type { AnnData, CsrMatrix } from '../io/anndata.js';
import type { HeldOutReference } from '../model/compared-series.js';

/**
 * Generated cells on the genes and the scale of the held-out ones: counts where the model draws them; else logarithms, of counts
 * brought from the total that the model learned to that of the held-out cells.
 * @param genes of the split, in its order; one that the model never saw expressed it lacks: there it is zero
 * @param targetSum total that the model's logarithms were normalised to; null where it learned logarithms of a file
 * @returns cells x `genes`
 */
export function comparableValues(
  { X, layers, var: own }: Pick<AnnData, 'X' | 'layers' | 'var'>,
  genes: readonly string[],
  { values, target }: Pick<HeldOutReference, 'values' | 'target'>,
  targetSum: number | null,
): { readonly values: HeldOutReference['values']; readonly cells: CsrMatrix } {
  const counts = layers.get('counts');
  if (values === 'counts' && counts !== undefined) {
    return { values, cells: ontoGenes(toCsr(counts), own.index, genes) };
  }
  const logged = ontoGenes(toCsr(X!), own.index, genes);
  if (target === null || targetSum === null) return { values: 'log-normalised', cells: logged };
  const data = logged.data.map(onTotal(target / targetSum));
  return { values: 'log-normalised', cells: { ...logged, data } };
}

/** ln(1 + ratio (e^x - 1)); of values so large that the exponential would overflow, the same to the last bit. */
const onTotal = (ratio: number) => (x: number) =>
  x < 50 ? Math.log1p(ratio * Math.expm1(x)) : x + Math.log(ratio);

/** Both name genes in the order of the file, so that columns stay ascending. */
function ontoGenes(cells: CsrMatrix, own: readonly string[], genes: readonly string[]): CsrMatrix {
  const place = new Map(genes.map((name, column) => [name, column]));
  const columns = own.map((name) => place.get(name)!);
  return { ...cells, cols: genes.length, indices: cells.indices.map((column) => columns[column]) };
}
