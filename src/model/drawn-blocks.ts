import { setImmediate } from 'node:timers/promises';
import type { DataFrame, DenseMatrix } from '../io/anndata.js';
import type { RowBlock } from '../io/write.js';
import type { CellReadout } from './cell-readout.js';
import type { GenerateOptions } from './generate.js';
import { codesPerCell, type LabelSpace, labelColumns } from './labels.js';
import type { StateSource } from './sampling.js';
import type { CellRange } from './shard.js';

/**
 * The cells of a range, a batch at a time, as rows of the output file.
 * @param codes of all cells, those outside the range too
 * @param usage takes the codes of a sparse decoder, range's cells x atoms, or null
 */
export async function* drawBlocks(
  labels: LabelSpace,
  states: StateSource,
  readout: CellReadout,
  codes: Int32Array,
  { start: first, end }: CellRange,
  batchSize: number,
  { signal, onProgress }: Pick<GenerateOptions, 'signal' | 'onProgress'>,
  usage: DenseMatrix | null,
): AsyncGenerator<RowBlock> {
  const each = codesPerCell(labels);
  const total = end - first;
  const begun = performance.now();
  const report = (done: number, fraction: number) => {
    const seconds = (performance.now() - begun) / 1000;
    const etaSeconds = (seconds * (1 - fraction)) / fraction;
    onProgress?.({ done, total, fraction, cellsPerSecond: (total * fraction) / seconds, etaSeconds });
  };
  for (let start = first; start < end; start += batchSize) {
    const cells = Math.min(batchSize, end - start);
    const own = codes.subarray(start * each, (start + cells) * each);
    const done = start - first;
    const rows = await states.draw({ start, cells, codes: own }, signal, (share) =>
      report(done, (done + share * cells) / total),
    );
    const block = await readout.read(rows, own, start);
    if (usage !== null && block.code) usage.data.set(block.code, done * usage.cols);
    yield block;
    // Reading out and writing block the thread: an interruption is only heard between batches.
    await setImmediate();
    signal?.throwIfAborted();
    report(done + cells, (done + cells) / total);
  }
}

/** Names and labels of the cells of a range. */
export function cellFrame(labels: LabelSpace, codes: Int32Array, { start, end }: CellRange): DataFrame {
  const each = codesPerCell(labels);
  return {
    index: Array.from({ length: end - start }, (_, i) => `cell_${start + i}`),
    columns: labelColumns(labels, codes.subarray(start * each, end * each), end - start),
  };
}
