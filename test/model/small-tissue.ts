import { join } from 'node:path';
import type { TestContext } from 'node:test';
import type { Column, DenseMatrix } from '../../src/io/anndata.js';
import { type Contents, writeH5ad } from '../../src/io/write.js';
import { stream } from '../../src/random/stream.js';
import { temporaryFolder } from '../temporary-folder.js';

export interface TissueShape {
  readonly cells?: number;
  readonly genes?: number;
  readonly seed?: number;
}

interface SmallTissue extends Contents {
  readonly X: DenseMatrix & { readonly data: Float32Array };
}

/** Names that a label column may really hold. */
export const cellTypes = ['B cell', 'CD4-positive, alpha-beta T cell', 'Zelle µ=2', 'rare'] as const;

/**
 * A tissue small enough to train on within a second: each cell type has genes of its own, a quarter of the cells are
 * unlabelled in `donor`, and the last cell alone is 'rare'.
 */
export function smallTissue({ cells = 48, genes = 23, seed = 1 }: TissueShape = {}): SmallTissue {
  const counts = new Float32Array(cells * genes);
  const types = Int32Array.from({ length: cells }, (_, cell) => (cell === cells - 1 ? 3 : cell % 3));
  for (let cell = 0; cell < cells; cell++) {
    const random = stream(seed, 'small tissue', cell);
    const depth = 0.5 + random.uniform();
    for (let gene = 0; gene < genes; gene++) {
      counts[cell * genes + gene] = random.poisson(depth * (gene % 4 === types[cell] ? 12 : 1));
    }
  }
  const index = Array.from({ length: cells }, (_, cell) => `cell${cell}`);
  const columns = new Map<string, Column>([
    ['cell_type', { kind: 'categorical', categories: cellTypes, codes: types, ordered: false }],
    ['donor', { kind: 'string', values: index.map((_, cell) => [null, 'd1', 'd2', 'd1'][cell % 4]) }],
    ['cluster', { kind: 'numeric', integer: true, values: Float64Array.from(types, (type) => type + 9) }],
    ['treated', { kind: 'boolean', values: index.map((_, cell) => cell % 2 === 0) }],
    ['score', { kind: 'numeric', integer: false, values: Float64Array.from(types, (_, i) => i / 7) }],
  ]);
  return {
    X: { format: 'dense', rows: cells, cols: genes, data: counts },
    obs: { index, columns },
    var: { index: Array.from({ length: genes }, (_, gene) => `gene${gene}`), columns: new Map() },
  };
}

/** The same tissue with ln(1 + counts per ten thousand) and nothing else. */
export function logNormalisedTissue(shape: TissueShape = {}): Contents {
  const tissue = smallTissue(shape);
  const { rows, cols, data } = tissue.X;
  const logged = data.slice();
  for (let row = 0; row < rows; row++) {
    const own = logged.subarray(row * cols, (row + 1) * cols);
    const total = own.reduce((sum, count) => sum + count, 0);
    own.forEach((count, gene) => {
      own[gene] = Math.log1p((1e4 * count) / total);
    });
  }
  return { ...tissue, X: { ...tissue.X, data: logged } };
}

export interface Workplace {
  readonly folder: string;
  /** A tissue's file. */
  readonly data: string;
  readonly path: (name: string) => string;
}

/** A temporary folder with a tissue in `data.h5ad`. */
export async function workplace(t: TestContext, contents: Contents = smallTissue()): Promise<Workplace> {
  const folder = temporaryFolder(t);
  const path = (name: string) => join(folder, name);
  await writeH5ad(path('data.h5ad'), contents);
  return { folder, data: path('data.h5ad'), path };
}
