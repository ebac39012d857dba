import { join } from 'node:path';
import { simulate } from '../scripts/simulate-cells.js';
import type { CsrMatrix } from '../src/io/anndata.js';
import { writeH5adInBlocks } from '../src/io/write.js';

/** Genes of a simulated set unless told otherwise: as many as the presets model. */
export const GENES = 2000;

/** Writes simulated cells and returns the file. */
export async function simulatedFile(folder: string, cells: number, seed = 1, genes = GENES): Promise<string> {
  const file = join(folder, `simulated-${cells}-${genes}-${seed}.h5ad`);
  const { annotation, blocks } = simulate(cells, genes, seed);
  await writeH5adInBlocks(file, annotation, blocks, { force: true });
  return file;
}

/** Blocks of simulated counts; past the first `drawn` cells the same ones come again, since drawing takes longer than writing. */
export function simulatedBlocks(cells: number, drawn: number): CsrMatrix[] {
  const { blocks } = simulate(Math.min(cells, drawn), GENES, 1);
  const some = [...blocks].map(({ X }) => X);
  const all: CsrMatrix[] = [];
  for (let left = cells, i = 0; left > 0; i = (i + 1) % some.length) {
    all.push(firstRows(some[i], Math.min(left, some[i].rows)));
    left -= Math.min(left, some[i].rows);
  }
  return all;
}

function firstRows({ cols, indptr, indices, data }: CsrMatrix, rows: number): CsrMatrix {
  const stored = indptr[rows];
  return {
    ...{ format: 'csr', rows, cols, indptr: indptr.slice(0, rows + 1) },
    indices: indices.subarray(0, stored),
    data: data.subarray(0, stored),
  };
}
