import { columnOf, topGenes } from '../explain/programmes.js';
import { liveAtoms, usageOf } from '../explain/usage.js';
import { withH5ad } from '../io/h5ad-file.js';
import { coExpression, genesAsHigh } from '../metrics/co-expression.js';
import type { Evaluation, ProgrammeRow } from '../metrics/evaluation.js';
import type { ComparedCells } from './compared-cells.js';
import { typesUsing } from './explain-programmes.js';

/** Gene programmes that a file of generated cells holds, and how some of its cells use them. */
export interface StoredProgrammes {
  readonly atoms: number;
  /** Genes of the file x atoms, row-major, in natural logarithms. */
  readonly loadings: Float64Array;
  readonly genes: readonly string[];
  /** Cells x atoms, row-major. */
  readonly code: Float32Array;
}

/** Genes that a programme is shown by, and that are looked for in the cells. */
const SHOWN_GENES = 10;
/** Rows read at once. */
const BLOCK = 2 ** 14;

/**
 * `varm['programs']` and, of the given cells, `obsm['X_programs']`, as `generate --with-programs` writes them; null where the file
 * does not have both.
 * @param rows positions of cells in the file
 */
export function storedProgrammes(file: string, rows: Int32Array): Promise<StoredProgrammes | null> {
  return withH5ad(file, (open) => {
    const loadings = open.readVarm().get('programs');
    const use = open.obsmMatrix('X_programs');
    if (loadings === undefined || use === null || use.info.cols !== loadings.cols) return null;
    const atoms = loadings.cols;
    const code = new Float32Array(rows.length * atoms);
    const order = Int32Array.from(rows.keys()).sort((a, b) => rows[a] - rows[b]);
    for (let at = 0; at < order.length; ) {
      const start = Math.floor(rows[order[at]] / BLOCK) * BLOCK;
      const end = Math.min(start + BLOCK, open.shape.cells);
      const { data } = use.readRows(start, end);
      for (; at < order.length && rows[order[at]] < end; at++) {
        const from = (rows[order[at]] - start) * atoms;
        code.set(data.subarray(from, from + atoms), order[at] * atoms);
      }
    }
    return { atoms, loadings: Float64Array.from(loadings.data), genes: open.var.index, code };
  });
}

/**
 * A file's programmes beside the held-out cells: who uses them, and whether their genes go together in real cells too. Genes are
 * ranked by what the programme adds to them times the share of generated cells that have them.
 * @param genes names of the compared genes
 * @param profile of the compared genes
 */
export function programmeRows(
  stored: StoredProgrammes,
  { labels, generated, series: [{ pair }] }: ComparedCells,
  { names, real, generated: ofGenerated }: Evaluation['geneProfile'],
): ProgrammeRow[] {
  const { atoms, code } = stored;
  const loadings = onGenes(stored, names);
  const types = labels?.names ?? [];
  const usage = usageOf(code, atoms, generated.codes, types.length);
  const { atoms: live, strength } = liveAtoms(usage, loadings);
  const isMatched = 2 * SHOWN_GENES <= names.length;
  return Array.from(live, (atom): ProgrammeRow => {
    const column = columnOf(loadings, atoms, atom);
    const effect = column.map((value, gene) => value * (1 - ofGenerated.zeros[gene]));
    const typical = usage.mean[atom] / usage.share[atom];
    const weights = (side: 'up' | 'down') =>
      Array.from(topGenes(effect, SHOWN_GENES, side), (gene) => ({
        ...{ gene: names[gene], log2: (column[gene] * typical) / Math.LN2 },
      }));
    const top = topGenes(effect, SHOWN_GENES, 'up');
    return {
      ...{ programme: atom, strength: strength[atom], share: usage.share[atom] },
      ...{ up: weights('up'), down: weights('down') },
      labels: typesUsing(usage, atom, types).map(({ type, share }) => ({ label: type, share })),
      together: {
        generated: coExpression(pair.other.logged, top),
        real: coExpression(pair.real.logged, top),
        others: isMatched ? coExpression(pair.real.logged, genesAsHigh(real.mean, top)) : Number.NaN,
      },
    };
  });
}

/** Loadings of the named genes, 0 of those that the file lacks. */
function onGenes({ loadings, genes, atoms }: StoredProgrammes, names: readonly string[]): Float64Array {
  const places = new Map(genes.map((name, row) => [name, row]));
  const own = new Float64Array(names.length * atoms);
  names.forEach((name, gene) => {
    const row = places.get(name);
    if (row !== undefined) own.set(loadings.subarray(row * atoms, (row + 1) * atoms), gene * atoms);
  });
  return own;
}
