import { OptionError } from '../errors.js';

/** One of the equal parts that a generation is cut into, `number` from 1 to `of`. */
export interface Shard {
  readonly number: number;
  readonly of: number;
}

/** Cells `start` to `end` (exclusive). */
export interface CellRange {
  readonly start: number;
  readonly end: number;
}

/** What `uns['cellcrate']['shard']` says of a part; `start` and `end` are cells of the whole. */
export interface ShardRecord extends Shard, CellRange {
  readonly batch_size: number;
}

/** @param text `K/S` @throws OptionError for anything else than whole numbers with 1 <= K <= S */
export function parseShard(text: string): Shard {
  const [, number, of] = /^(\d{1,9})\/(\d{1,9})$/.exec(text)?.map(Number) ?? [];
  if (number >= 1 && number <= of) return { number, of };
  throw new OptionError('--shard', `'${text}' is no part of a whole`, 'Give K/S, as in 1/8 to 8/8');
}

/**
 * The cells of a shard. Shards are cut between batches: a batch is the same rows, and rounds alike, whoever draws it.
 * @throws OptionError where there are fewer batches than shards
 */
export function shardRange(shard: Shard | null, cells: number, batchSize: number): CellRange {
  if (shard === null) return { start: 0, end: cells };
  const batches = Math.ceil(cells / batchSize);
  if (shard.of > batches) {
    const count = `${cells} cells are ${batches === 1 ? 'one batch' : `${batches} batches`} of ${batchSize}`;
    const smaller = Math.floor(cells / shard.of);
    const remedy =
      smaller >= 1 ? `, or a --batch-size of ${smaller} or less (the same one for all shards)` : '';
    throw new OptionError(
      '--shard',
      `${shard.of} shards are too many: ${count}`,
      `Cut into ${batches} at most${remedy}`,
    );
  }
  const boundary = (k: number) => Math.min(cells, Math.floor((k * batches) / shard.of) * batchSize);
  return { start: boundary(shard.number - 1), end: boundary(shard.number) };
}

export const shardRecord = (shard: Shard, range: CellRange, batchSize: number) =>
  ({ ...shard, ...range, batch_size: batchSize }) satisfies ShardRecord;
