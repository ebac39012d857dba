import { DataError, FileError } from '../errors.js';
import type { CategoricalColumn, DenseMatrix, UnsValue } from '../io/anndata.js';
import { withH5ad } from '../io/h5ad-file.js';
import type { ShardRecord } from './shard.js';

/** A file of `generate --shard`, but for its cells' values. */
export interface GeneratedPart {
  readonly file: string;
  readonly shard: ShardRecord;
  /** `uns['cellcrate']` without the shard: what all parts of a whole have in common. */
  readonly provenance: { readonly [key: string]: UnsValue };
  readonly cells: readonly string[];
  readonly genes: readonly string[];
  readonly labels: ReadonlyMap<string, CategoricalColumn>;
  readonly layers: readonly string[];
  /** Columns of each; their values are read again when they are joined, part by part. */
  readonly obsm: ReadonlyMap<string, number>;
  readonly varm: ReadonlyMap<string, DenseMatrix>;
}

/** @throws FileError where the file is damaged, no part of a generation, or was changed since it was generated */
export function readPart(path: string): Promise<GeneratedPart> {
  return withH5ad(path, async (file) => {
    const { shard, ...provenance } = asMapping((await file.readUns()).cellcrate);
    if (!isShardRecord(shard)) {
      throw new FileError(path, 'is no part of a generation', 'Give files of cellcrate generate --shard');
    }
    const changed = (how: string) =>
      new FileError(path, `was changed since it was generated: ${how}`, 'Generate this shard again');
    const expected = shard.end - shard.start;
    if (file.shape.cells !== expected) throw changed(`it has ${file.shape.cells} cells, not ${expected}`);
    const labels = new Map<string, CategoricalColumn>();
    for (const [name, column] of file.obs.columns) {
      if (column.kind !== 'categorical') throw changed(`its obs column '${name}' is no label`);
      labels.set(name, column);
    }
    return {
      file: path,
      shard,
      provenance,
      cells: file.obs.index,
      genes: file.var.index,
      labels,
      layers: file.matrices().flatMap(({ name }) => (name === 'X' ? [] : [name.slice('layers/'.length)])),
      obsm: new Map([...(await file.readObsm())].map(([name, { cols }]) => [name, cols])),
      varm: await file.readVarm(),
    };
  });
}

/**
 * The parts by their number.
 * @throws DataError where one is missing, is there twice, or belongs to another whole
 */
export function inOrder(parts: readonly GeneratedPart[]): GeneratedPart[] {
  const [first] = parts;
  const byNumber = new Map<number, GeneratedPart>();
  for (const part of parts) {
    const difference = differenceOf(first, part);
    if (difference !== null) {
      throw new DataError(
        `${first.file} and ${part.file}`,
        `they are not parts of one generation: ${difference}`,
        'Give the shards of one call of generate, with the same model and options',
      );
    }
    const other = byNumber.get(part.shard.number);
    if (other !== undefined) {
      throw new DataError(
        `${other.file} and ${part.file}`,
        `both are shard ${part.shard.number}/${part.shard.of}`,
        'Give each shard once',
      );
    }
    byNumber.set(part.shard.number, part);
  }
  const { of } = first.shard;
  const numbers = Array.from({ length: of }, (_, i) => i + 1);
  const missing = numbers.filter((number) => !byNumber.has(number));
  if (missing.length > 0) {
    const listed = missing.slice(0, MOST_LISTED).map((number) => `${number}/${of}`);
    const more = missing.length > MOST_LISTED ? ` and ${missing.length - MOST_LISTED} more` : '';
    throw new DataError(
      'PART',
      `shard${missing.length > 1 ? 's' : ''} ${listed.join(', ')}${more} of ${of} ${missing.length > 1 ? 'are' : 'is'} missing`,
      `Give all ${of}; generate --shard ${listed[0]} makes the first of them`,
    );
  }
  return numbers.map((number) => byNumber.get(number)!);
}

const MOST_LISTED = 10;

/** What two parts of one generation have in common and these two do not, in words; null where they go together. */
function differenceOf(a: GeneratedPart, b: GeneratedPart): string | null {
  const names = new Set([...Object.keys(a.provenance), ...Object.keys(b.provenance)]);
  for (const name of names) {
    const [one, other] = [a.provenance[name], b.provenance[name]].map((value) => JSON.stringify(value));
    if (one !== other) return `${name} is ${one ?? 'not given'} and ${other ?? 'not given'}`;
  }
  if (a.shard.of !== b.shard.of) return `one is cut into ${a.shard.of} shards, the other into ${b.shard.of}`;
  if (a.shard.batch_size !== b.shard.batch_size) {
    return `batch size is ${a.shard.batch_size} and ${b.shard.batch_size}`;
  }
  const contents = (part: GeneratedPart) =>
    JSON.stringify([
      part.genes,
      [...part.labels].map(([name, { categories }]) => [name, categories]),
      part.layers,
      [...part.obsm],
      [...part.varm].map(([name, { cols }]) => [name, cols]),
    ]);
  return contents(a) === contents(b) ? null : 'their genes, labels or matrices differ';
}

function asMapping(value: UnsValue | undefined): { readonly [key: string]: UnsValue } {
  const isMapping = typeof value === 'object' && !Array.isArray(value) && !ArrayBuffer.isView(value);
  return isMapping ? (value as { readonly [key: string]: UnsValue }) : {};
}

function isShardRecord(
  value: UnsValue | undefined,
): value is ShardRecord & { readonly [key: string]: UnsValue } {
  const { number, of, start, end, batch_size } = asMapping(value) as Partial<ShardRecord>;
  const isWhole = [number, of, start, end, batch_size].every(Number.isSafeInteger);
  return isWhole && number! >= 1 && number! <= of! && start! >= 0 && start! < end! && batch_size! >= 1;
}
