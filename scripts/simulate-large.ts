/**
 * Writes a simulated data set of very many cells, a block at a time; the same options give the same cells (docs/scale.md).
 *
 *   npm run compile && node build/scripts/simulate-large.js --cells 1000000 -o large.h5ad
 */
import { parseArgs } from 'node:util';
import { concatRows } from '../src/counts/csr.js';
import { librarySizes } from '../src/counts/library-size.js';
import { thinnedCells } from '../src/counts/thinning.js';
import { CellcrateError, OptionError } from '../src/errors.js';
import type { CategoricalColumn, CsrMatrix } from '../src/io/anndata.js';
import { type RowBlock, writeH5adInBlocks } from '../src/io/write.js';
import { stream } from '../src/random/stream.js';
import { simulate } from './simulate-cells.js';

const usage =
  'Usage: simulate-large --cells 1000000 --genes 2000 -o FILE.h5ad [--compression none] [--force]';

/** Cells of `simulate`, of which every cell is a copy that was sequenced less deeply: a tenth of the time of so many of its own. */
const POOL = 20_000;
const BLOCK = 4096;

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      cells: { type: 'string', default: '1000000' },
      genes: { type: 'string', default: '2000' },
      seed: { type: 'string', default: '1' },
      compression: { type: 'string', default: 'gzip' },
      output: { type: 'string', short: 'o' },
      force: { type: 'boolean', default: false },
    },
  });
  const { output, compression, force } = values;
  if (output === undefined) throw new OptionError('--output', 'no file to write was given', usage);
  if (compression !== 'gzip' && compression !== 'none') {
    throw new OptionError('--compression', `${compression} is neither gzip nor none`, usage);
  }
  const [cells, genes, seed] = [Number(values.cells), Number(values.genes), Number(values.seed)];
  const { annotation, blocks } = simulate(Math.min(POOL, cells), genes, seed);
  const pool = concatRows(
    Array.from(blocks, ({ X }) => X),
    genes,
  );
  const { columns } = annotation.obs;
  const origins = Int32Array.from({ length: cells }, (_, cell) =>
    cell < pool.rows ? cell : stream(seed, 'origin of a copy', cell).integer(pool.rows),
  );
  const copied = (name: string): [string, CategoricalColumn] => {
    const column = columns.get(name) as CategoricalColumn;
    return [name, { ...column, codes: origins.map((origin) => column.codes[origin]) }];
  };
  const obs = {
    index: Array.from({ length: cells }, (_, cell) => `cell${cell + 1}`),
    columns: new Map([copied('cell_type'), copied('batch')]),
  };
  await writeH5adInBlocks(output, { obs, var: annotation.var }, copies(pool, origins, seed), {
    force,
    compression,
  });
  console.log(`${output}: ${cells} cells x ${genes} genes`);
}

function* copies(pool: CsrMatrix, origins: Int32Array, seed: number): Generator<RowBlock> {
  const prepared = {
    values: pool,
    librarySize: librarySizes(pool),
    // Of the preprocessing nothing is asked here.
    preprocessing: {} as Parameters<typeof thinnedCells>[0]['preprocessing'],
  };
  for (let start = 0; start < origins.length; start += BLOCK) {
    const rows = origins.subarray(start, start + BLOCK);
    yield { X: withoutZeros(thinnedCells(prepared, rows, stream(seed, 'copies', start)).values) };
  }
}

function withoutZeros({ rows, cols, indptr, indices, data }: CsrMatrix): CsrMatrix {
  const kept = { indptr: new Float64Array(rows + 1), indices: indices.slice(), data: data.slice() };
  let next = 0;
  for (let row = 0; row < rows; row++) {
    for (let at = indptr[row]; at < indptr[row + 1]; at++) {
      if (data[at] === 0) continue;
      kept.indices[next] = indices[at];
      kept.data[next++] = data[at];
    }
    kept.indptr[row + 1] = next;
  }
  return {
    ...{ format: 'csr', rows, cols, indptr: kept.indptr },
    ...{ indices: kept.indices.slice(0, next), data: kept.data.slice(0, next) },
  };
}

try {
  await main();
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = error instanceof CellcrateError ? error.exitStatus : 2;
}
