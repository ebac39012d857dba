import type { GeneSet } from '../explain/gene-sets.js';
import type { DataFrame } from '../io/anndata.js';
import { requireLabels } from './label-columns.js';

/** var columns that hold what genes are called, where the index holds accession numbers. */
const usualColumns: readonly string[] =
  'gene_symbols gene_symbol gene_short_name gene_name gene_names feature_name symbol'.split(' ');

/**
 * What genes are called in figures and tables: the symbols of a var column, `SYMBOL (NAME)` where several share one, and the
 * name in the index where there is none.
 * @param genes names in the index
 * @param column the var column; else the first of the usual ones, else the index
 * @throws DataError where the column is missing; it says which there are
 */
export function geneSymbols(
  frame: DataFrame,
  genes: readonly string[],
  column: string | undefined,
  file: string,
): readonly string[] {
  const name = column ?? usualColumns.find((usual) => frame.columns.has(usual));
  if (name === undefined) return genes;
  const labels = requireLabels(frame, name, file, 'var');
  const places = new Map(frame.index.map((gene, at) => [gene, at]));
  const symbols = genes.map((gene) => labels[places.get(gene)!]?.trim() || gene);
  const times = new Map<string, number>();
  for (const symbol of symbols) times.set(symbol, (times.get(symbol) ?? 0) + 1);
  return symbols.map((symbol, i) => (times.get(symbol) === 1 ? symbol : `${symbol} (${genes[i]})`));
}

/** The same sets with symbols in the place of names in the index. */
export function setsOfSymbols(
  sets: readonly GeneSet[],
  genes: readonly string[],
  symbols: readonly string[],
): GeneSet[] {
  const known = new Map(genes.map((gene, i) => [gene.toLowerCase(), symbols[i]]));
  return sets.map((set) => ({
    ...set,
    genes: set.genes.map((gene) => known.get(gene.toLowerCase()) ?? gene),
  }));
}
