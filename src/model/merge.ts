import { setImmediate } from 'node:timers/promises';
import { OptionError } from '../errors.js';
import type { CategoricalColumn, DataFrame, DenseMatrix, Matrix } from '../io/anndata.js';
import { openH5ad, withH5ad } from '../io/h5ad-file.js';
import { refuseToOverwrite } from '../io/overwrite.js';
import { type RowBlock, writeH5adInBlocks } from '../io/write.js';
import { type GeneratedPart, inOrder, readPart } from './generated-part.js';

export interface MergeOptions {
  /** The .h5ad to write. */
  readonly out: string;
  readonly force?: boolean;
  readonly signal?: AbortSignal;
  /** Told after each block of cells. */
  readonly onProgress?: (progress: MergeProgress) => void;
}

export interface MergeProgress {
  /** Cells that are written. */
  readonly done: number;
  readonly total: number;
}

export interface MergeSummary {
  readonly file: string;
  readonly parts: number;
  readonly cells: number;
  readonly genes: number;
}

/**
 * Joins the files of `generate` with `shard`, given in any order, to the file that one call without it writes with the
 * same batch size: the same bytes. Values are held a batch at a time, names, labels and embeddings of all cells at once.
 * @throws FileError for a file that is damaged or no part; DataError where parts are missing, there twice or of different wholes; OptionError for no part at all
 */
export async function merge(files: readonly string[], options: MergeOptions): Promise<MergeSummary> {
  const { out, force = false } = options;
  if (files.length === 0)
    throw new OptionError('PART', 'none is given', 'Name all files of generate --shard');
  refuseToOverwrite(out, force);
  const read: GeneratedPart[] = [];
  for (const file of files) {
    read.push(await readPart(file));
    options.signal?.throwIfAborted();
  }
  const parts = inOrder(read);
  const [{ genes, varm, provenance }] = parts;
  const obs = joinFrames(parts);
  const annotation = {
    obs,
    var: { index: genes, columns: new Map() },
    varm,
    obsm: await joinEmbeddings(parts, obs.index.length),
    uns: { cellcrate: provenance },
  };
  await writeH5adInBlocks(out, annotation, rowBlocks(parts, obs.index.length, options), { force });
  return { file: out, parts: parts.length, cells: obs.index.length, genes: genes.length };
}

/** Rows of all parts in the batches that they were drawn in, which decide how the file is laid out. */
async function* rowBlocks(
  parts: readonly GeneratedPart[],
  total: number,
  { signal, onProgress }: MergeOptions,
): AsyncGenerator<RowBlock> {
  for (const part of parts) {
    const { start, end, batch_size } = part.shard;
    const file = await openH5ad(part.file);
    try {
      for (let first = start; first < end; first += batch_size) {
        const last = Math.min(first + batch_size, end);
        const rows = (name: string) => file.readRows(name, first - start, last - start);
        const layers = new Map<string, Matrix>();
        for (const name of part.layers) layers.set(name, await rows(`layers/${name}`));
        yield { X: await rows('X'), layers };
        await setImmediate();
        signal?.throwIfAborted();
        onProgress?.({ done: last, total });
      }
    } finally {
      file.close();
    }
  }
}

function joinFrames(parts: readonly GeneratedPart[]): DataFrame {
  const [{ labels }] = parts;
  const joined = [...labels].map(([name, column]): [string, CategoricalColumn] => {
    const codes = parts.flatMap((part) => Array.from(part.labels.get(name)!.codes));
    return [name, { ...column, codes: Int32Array.from(codes) }];
  });
  return { index: parts.flatMap(({ cells }) => cells), columns: new Map(joined) };
}

async function joinEmbeddings(
  parts: readonly GeneratedPart[],
  cells: number,
): Promise<Map<string, DenseMatrix>> {
  const [{ obsm }] = parts;
  const joined = new Map(
    [...obsm].map(([name, cols]): [string, DenseMatrix] => [
      name,
      { format: 'dense', rows: cells, cols, data: new Float32Array(cells * cols) },
    ]),
  );
  if (joined.size === 0) return joined;
  let row = 0;
  for (const part of parts) {
    const own = await withH5ad(part.file, (file) => file.readObsm());
    for (const [name, { cols, data }] of joined) data.set(own.get(name)!.data, row * cols);
    row += part.cells.length;
  }
  return joined;
}
