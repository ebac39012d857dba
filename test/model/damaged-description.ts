import { createHash } from 'node:crypto';

/** The header of a model's file, and the arrays after it. */
function partsOf(model: Buffer) {
  const end = 8 + Number(model.readBigUInt64LE());
  const header = JSON.parse(model.toString('utf8', 8, end)) as { __metadata__: Record<string, string> };
  return { header, data: model.subarray(end) };
}

export const descriptionIn = (model: Buffer): unknown =>
  JSON.parse(partsOf(model).header.__metadata__.description);

/** A model's file whose description is another, with the checksum that belongs to it. */
export function redescribed(model: Buffer, description: unknown): Buffer {
  const { header, data } = partsOf(model);
  const withSum = (sha256: string) => {
    const metadata = { ...header.__metadata__, description: JSON.stringify(description), sha256 };
    return Buffer.from(JSON.stringify({ ...header, __metadata__: metadata }));
  };
  const sum = createHash('sha256')
    .update(withSum('0'.repeat(64)))
    .update(data);
  const signed = withSum(sum.digest('hex'));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(signed.length));
  return Buffer.concat([length, signed, data]);
}

/** The way to a value in JSON: names of fields and places in lists. */
export type Way = readonly string[];

/** Ways to all values in a JSON value, the whole first. */
export function waysIn(value: unknown, way: Way = []): Way[] {
  const inside = typeof value === 'object' && value !== null ? Object.entries(value) : [];
  return [way, ...inside.flatMap(([name, own]) => waysIn(own, [...way, name]))];
}

/** A copy with another value at the end of a way; undefined leaves it out. */
export function changedAt(value: unknown, [name, ...rest]: Way, other: unknown): unknown {
  if (name === undefined) return other;
  const inside = value as Record<string, unknown>;
  const changed = changedAt(inside[name], rest, other);
  if (Array.isArray(value)) return value.map((own, i) => (String(i) === name ? changed : own));
  const fields = Object.entries(inside).filter(([own]) => own !== name);
  return Object.fromEntries(changed === undefined ? fields : [...fields, [name, changed]]);
}
