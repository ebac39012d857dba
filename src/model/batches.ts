import { DataError, OptionError } from '../errors.js';
import { stream } from '../random/stream.js';

/**
 * The order in which a stage sees the cells: each epoch a fresh shuffle, cut into batches; what does not fill a batch
 * is left to the next epoch's shuffle. Any step can be asked for without the ones before it.
 */
export class Batches {
  private epoch = -1;
  private order = new Int32Array(0);

  constructor(
    private readonly cells: number,
    private readonly batchSize: number,
    private readonly seed: number,
    private readonly stage: string,
  ) {}

  get perEpoch(): number {
    return Math.floor(this.cells / this.batchSize);
  }

  epochOf(step: number): number {
    return Math.floor(step / this.perEpoch);
  }

  /** Cells of the batch at `step`, which counts from 0. */
  at(step: number): Int32Array {
    const epoch = this.epochOf(step);
    if (epoch !== this.epoch) {
      this.epoch = epoch;
      this.order = Int32Array.from({ length: this.cells }, (_, i) => i);
      stream(this.seed, `order of cells for ${this.stage}`, epoch).shuffle(this.order);
    }
    const start = (step % this.perEpoch) * this.batchSize;
    return this.order.subarray(start, start + this.batchSize);
  }
}

/** Rows of `cells` held-out cells in batches of one size; the last one is filled up from the beginning. */
export function evenBatches(cells: number, rows: number, largest: number): Int32Array[] {
  const size = Math.min(rows, largest);
  const batches = Math.ceil(rows / size);
  return Array.from({ length: batches }, (_, b) =>
    Int32Array.from({ length: size }, (_, i) => (b * size + i) % cells),
  );
}

/** Held-out cells of an autoencoder to look at: more would tell little more. */
const MOST_HELD_OUT = 1000;
const LARGEST_HELD_OUT_BATCH = 256;

/** Held-out cells that an autoencoder, or its decoder, is looked at on. */
export const heldOutBatches = (cells: number): Int32Array[] =>
  evenBatches(cells, Math.min(cells, MOST_HELD_OUT), LARGEST_HELD_OUT_BATCH);

/** Fewer cells than this teach nothing that a copy of them would not. */
const FEWEST_CELLS = 16;

/**
 * Cells a step: what was asked for, or the preset's number, halved until it fits.
 * @param file where the cells come from, for messages
 * @throws OptionError where more are asked for than there are; DataError where there are too few cells to train on
 */
export function batchSizeFor(
  file: string,
  cells: number,
  asked: number | undefined,
  preferred: number,
): number {
  if (cells < FEWEST_CELLS) {
    throw new DataError(
      file,
      `${cells} cells are fewer than the smallest batch (${FEWEST_CELLS})`,
      'Give more cells',
    );
  }
  if (asked !== undefined && asked > cells) {
    throw new OptionError(
      '--batch-size',
      `a batch of ${asked} is more than the ${cells} cells`,
      `Give ${cells} or less`,
    );
  }
  let size = asked ?? preferred;
  while (size > cells) size = Math.floor(size / 2);
  return size;
}
