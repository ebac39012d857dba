import { setImmediate } from 'node:timers/promises';
import { columnOf, topGenes } from '../explain/programmes.js';
import { liveAtoms, usageOf } from '../explain/usage.js';
import { withH5ad } from '../io/h5ad-file.js';
import { coExpressionIn, genesWithLikeMeans } from '../metrics/co-expression.js';
import type { Evaluation, ProgrammeRow } from '../metrics/evaluation.js';
import { stream } from '../random/stream.js';
import type { ComparedCells } from './compared-cells.js';
import { typesUsing } from './explain-programmes.js';

/** Gene programmes that a file of generated cells holds, and how some of its cells use them. */
export interface StoredProgrammes {
  readonly atoms: number;
  /** Genes of the file x atoms, row-major, in natural logarithms. */
  readonly loadings: Float64Array;
  readonly genes: readonly string[];
  /** Cells x atoms, row-major, 0 or more. */
  readonly code: Float32Array;
}

/** Genes that a programme is shown by, and that are looked for in the cells. */
const SHOWN_GENES = 10;
/** Draws of other genes that those of a programme are held against. */
const DRAWS = 20;
/** Rows read at once. */
const BLOCK = 2 ** 14;

/**
 * `varm['programs']` and, of the given cells, `obsm['X_programs']`, as `generate --with-programs` writes them; null where the file
 * does not have both, or they are no codes of 0 or more.
 * @param rows positions of cells in the file
 */
export function storedProgrammes(file: string, rows: Int32Array): Promise<StoredProgrammes | null> {
  return withH5ad(file, async (open) => {
    const loadings = open.arrayMatrix('varm', 'programs');
    const use = open.arrayMatrix('obsm', 'X_programs');
    if (loadings === null || use === null || use.info.cols !== loadings.info.cols) return null;
    const atoms = loadings.info.cols;
    const code = new Float32Array(rows.length * atoms);
    const order = Int32Array.from(rows.keys()).sort((a, b) => rows[a] - rows[b]);
    for (let at = 0; at < order.length; ) {
      const start = Math.floor(rows[order[at]] / BLOCK) * BLOCK;
      const end = Math.min(start + BLOCK, use.info.rows);
      const { data } = await use.readRows(start, end);
      for (; at < order.length && rows[order[at]] < end; at++) {
        const from = (rows[order[at]] - start) * atoms;
        code.set(data.subarray(from, from + atoms), order[at] * atoms);
      }
    }
    const { data } = await loadings.readRows(0, loadings.info.rows);
    const isCode = code.every((value) => value >= 0 && value < Number.POSITIVE_INFINITY);
    if (!isCode || !data.every(Number.isFinite)) return null;
    return { atoms, loadings: Float64Array.from(data), genes: open.var.index, code };
  });
}

/**
 * A file's programmes beside the held-out cells: who uses them, and whether their genes go together in real cells too, more than genes of
 * other programmes with like means. Genes are ranked by what the programme adds to them times the share of generated cells that have them.
 */
export async function programmeRows(
  stored: StoredProgrammes,
  { labels, generated, series: [{ pair }] }: ComparedCells,
  { names, real, generated: ofGenerated }: Evaluation['geneProfile'],
  seed: number,
): Promise<ProgrammeRow[]> {
  const { atoms, code } = stored;
  const loadings = onGenes(stored, names);
  const types = labels?.names ?? [];
  const usage = usageOf(code, atoms, generated.codes, types.length);
  const { atoms: live, strength } = liveAtoms(usage, loadings);
  const columns = Array.from(live, (atom) => columnOf(loadings, atoms, atom));
  const present = ofGenerated.zeros.map((share) => 1 - share);
  const top = columns.map((column) => topBy(column, present, 'up'));
  const pool = Int32Array.from(new Set(top.flatMap((genes) => [...genes])));
  const byMean = pool.sort((a, b) => real.mean[a] - real.mean[b] || a - b);
  const [inReal, inGenerated] = [coExpressionIn(pair.real.logged), coExpressionIn(pair.other.logged)];
  const rows: ProgrammeRow[] = [];
  for (const [i, atom] of live.entries()) {
    await setImmediate();
    const draws = stream(seed, 'genes beside a programme', atom);
    const others = Array.from({ length: DRAWS }, () =>
      inReal(genesWithLikeMeans(byMean, real.mean, top[i], draws)),
    );
    const together = inReal(top[i]);
    const typical = usage.mean[atom] / usage.share[atom];
    const weightsOf = (genes: Int32Array) =>
      Array.from(genes, (gene) => ({ gene: names[gene], log2: (columns[i][gene] * typical) / Math.LN2 }));
    rows.push({
      ...{ programme: atom, strength: strength[atom], share: usage.share[atom] },
      ...{ up: weightsOf(top[i]), down: weightsOf(topBy(columns[i], present, 'down')) },
      labels: typesUsing(usage, atom, types).map(({ type, share }) => ({ label: type, share })),
      together: {
        generated: inGenerated(top[i]),
        real: together,
        others: others.reduce((sum, value) => sum + value, 0) / DRAWS,
        isReal: others.every((value) => together > value),
      },
    });
  }
  return rows;
}

const topBy = (column: Float64Array, present: Float32Array, side: 'up' | 'down'): Int32Array =>
  topGenes(
    column.map((value, gene) => value * present[gene]),
    SHOWN_GENES,
    side,
  );

/** Loadings of the named genes, 0 of those that the file lacks; of a name that it has twice the first counts. */
function onGenes({ loadings, genes, atoms }: StoredProgrammes, names: readonly string[]): Float64Array {
  const places = new Map<string, number>();
  genes.forEach((name, row) => {
    if (!places.has(name)) places.set(name, row);
  });
  const own = new Float64Array(names.length * atoms);
  names.forEach((name, gene) => {
    const row = places.get(name);
    if (row !== undefined) own.set(loadings.subarray(row * atoms, (row + 1) * atoms), gene * atoms);
  });
  return own;
}
