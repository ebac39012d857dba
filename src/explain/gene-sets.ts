import { FileError } from '../errors.js';
import { logFactorial } from '../random/log-factorial.js';

/** A named set of genes, such as a pathway. */
export interface GeneSet {
  readonly name: string;
  readonly genes: readonly string[];
}

/** How far a set's genes are over-represented among some genes. */
export interface Enrichment {
  readonly set: string;
  /** Genes of the set among the chosen ones. */
  readonly found: readonly string[];
  /** Genes of the set in the background. */
  readonly size: number;
  /** P(as many or more by chance), hypergeometric. */
  readonly p: number;
  /** Of Benjamini and Hochberg over all tests that were made together. */
  readonly q: number;
}

/** Smaller sets say nothing, larger ones everything. */
const FEWEST = 5;
const MOST = 500;

/**
 * The sets of a .gmt file: a set a line, tab-separated: name, description, genes.
 * @param file what the text is called in an error
 * @throws FileError for a line without genes
 */
export function parseGeneSets(text: string, file: string): GeneSet[] {
  const sets = text.split(/\r?\n/).flatMap((line, i) => {
    if (line.trim() === '') return [];
    const [name, , ...genes] = line.split('\t');
    const named = genes.map((gene) => gene.trim()).filter((gene) => gene !== '');
    if (named.length > 0) return [{ name, genes: named }];
    const problem = `line ${i + 1} names no genes (a .gmt line is: name, description, genes, with tabs between)`;
    throw new FileError(file, problem, 'Give a .gmt file');
  });
  if (sets.length === 0) throw new FileError(file, 'holds no gene set', 'Give a .gmt file');
  return sets;
}

/**
 * Over-representation of gene sets among the chosen genes of each programme, by the hypergeometric test; q over all programmes
 * and sets together. Gene names are compared without case, since mouse and human sets differ in it alone.
 * @param background all genes that could have been chosen
 * @param chosen the genes of each programme
 * @returns for each programme its sets with any gene found, the least p first
 */
export function enrichedSets(
  sets: readonly GeneSet[],
  background: readonly string[],
  chosen: readonly (readonly string[])[],
): Enrichment[][] {
  const known = new Set(background.map(plain));
  const usable = sets
    .map(({ name, genes }) => ({ name, genes: new Set(genes.map(plain).filter((gene) => known.has(gene))) }))
    .filter(({ genes }) => genes.size >= FEWEST && genes.size <= MOST);
  const tests = chosen.flatMap((names, programme) =>
    usable.map(({ name, genes }) => {
      const found = names.filter((gene) => genes.has(plain(gene)));
      const p = upperTail(found.length, genes.size, names.length, known.size);
      return { programme, set: name, found, size: genes.size, p };
    }),
  );
  const q = benjaminiHochberg(tests.map(({ p }) => p));
  const results: Enrichment[][] = chosen.map(() => []);
  tests.forEach(({ programme, ...test }, i) => {
    if (test.found.length > 0) results[programme].push({ ...test, q: q[i] });
  });
  for (const own of results) own.sort((a, b) => a.p - b.p);
  return results;
}

/** P(X >= found) of X genes of a set of `size` among `drawn` of `total`. */
export function upperTail(found: number, size: number, drawn: number, total: number): number {
  if (found <= 0) return 1;
  const choose = (n: number, k: number) => logFactorial(n) - logFactorial(k) - logFactorial(n - k);
  let p = 0;
  for (let k = found; k <= Math.min(size, drawn); k++) {
    if (drawn - k > total - size) continue;
    p += Math.exp(choose(size, k) + choose(total - size, drawn - k) - choose(total, drawn));
  }
  return Math.min(1, p);
}

/** Adjusted p-values that bound the false discovery rate (Benjamini and Hochberg 1995), in the order given. */
export function benjaminiHochberg(p: readonly number[]): Float64Array {
  const order = Array.from(p.keys()).sort((a, b) => p[b] - p[a]);
  const adjusted = new Float64Array(p.length);
  let least = 1;
  order.forEach((i, place) => {
    least = Math.min(least, (p[i] * p.length) / (p.length - place));
    adjusted[i] = least;
  });
  return adjusted;
}

const plain = (gene: string): string => gene.toUpperCase();
