import type { CellcrateError } from '../errors.js';
import { isRecord, type Rule, type Rules, record } from './checks.js';

/** Longer values are cut in a message, and of longer lists it says the length. */
const SHOWN = 40;
const SHOWN_MEMBERS = 4;

/** A value of a JSON text and the way to it ('labels.keys[0].names'), which is believed once it has been checked. */
export class JsonField {
  /** @param refusal of the whole text, told what is wrong in it */
  constructor(
    private readonly value: unknown,
    private readonly refusal: (problem: string) => CellcrateError,
    private readonly way = '',
  ) {}

  /** A field of an object; what an object inherits is not its own. */
  at(name: string): JsonField {
    const fields = this.is<Record<string, unknown>>(record);
    const own = Object.hasOwn(fields, name) ? fields[name] : undefined;
    return new JsonField(own, this.refusal, this.way === '' ? name : `${this.way}.${name}`);
  }

  /** The members of a list. */
  members(): JsonField[] {
    const members = this.is<unknown[]>([Array.isArray, 'a list']);
    return members.map((value, i) => new JsonField(value, this.refusal, `${this.way}[${i}]`));
  }

  /** The value, once it is as it must be. */
  is<T>([accepts, expected]: Rule): T {
    if (accepts(this.value)) return this.value as T;
    throw this.refusal(`${this.way || 'it'} is ${shown(this.value)} and must be ${expected}`);
  }

  /** The object, once each of its fields is as it must be. */
  has<T extends object>(rules: Rules<T>): T {
    for (const [name, rule] of Object.entries<Rule>(rules)) this.at(name).is(rule);
    return this.value as T;
  }
}

function shown(value: unknown): string {
  if (value === undefined) return 'missing';
  const isLong = Array.isArray(value) && (value.length > SHOWN_MEMBERS || value.some(isNested));
  if (isLong) return `a list of ${value.length}`;
  if (isRecord(value)) return 'an object';
  const text = JSON.stringify(value);
  return text.length > SHOWN ? `${text.slice(0, SHOWN)}...` : text;
}

const isNested = (value: unknown): boolean => typeof value === 'object' && value !== null;
