/** Whether a value may stand where it stands. */
export type Check = (value: unknown) => boolean;

/** The same, with what it accepts in words: 'a whole number from 1 on'. */
export type Rule = readonly [accepts: Check, expected: string];

/** What each field of an object must be. */
export type Rules<T> = { readonly [K in keyof Required<T>]: Rule };

export const isText: Check = (v) => typeof v === 'string' && v !== '';
export const isNumber: Check = (v) => Number.isFinite(v);
export const isPositive: Check = (v) => isNumber(v) && (v as number) > 0;

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export const isWhole =
  (least: number, most = Number.MAX_SAFE_INTEGER): Check =>
  (v) =>
    Number.isSafeInteger(v) && (v as number) >= least && (v as number) <= most;

export const wholeFrom = (least: number): Rule => [isWhole(least), `a whole number from ${least} on`];

export const wholeUpTo = (least: number, most: number): Rule => [
  isWhole(least, most),
  `a whole number from ${least} to ${most}`,
];

export const aboveZero: Rule = [isPositive, 'a number above 0'];

export const zeroOrMore: Rule = [(v) => v === 0 || isPositive(v), 'a number of 0 or more'];

export const share = (most: number): Rule => [
  (v) => isNumber(v) && (v as number) >= 0 && (v as number) <= most,
  `a share from 0 to ${most}`,
];

export const oneOf = (...names: readonly string[]): Rule => [
  (v) => names.includes(v as string),
  names.length > 2 ? `one of ${names.join(', ')}` : names.join(' or '),
];

/** The one value that agrees with the others. */
export const exactly = (expected: string | number | boolean | null): Rule => [
  (v) => v === expected,
  JSON.stringify(expected),
];

export const text: Rule = [isText, 'text'];

export const number: Rule = [isNumber, 'a number'];

export const record: Rule = [isRecord, 'an object'];

/** @param what the members are called: 'numbers' */
export const listOf = (accepts: Check, what: string, length: number): Rule => [
  (v) => Array.isArray(v) && v.length === length && v.every(accepts),
  `a list of ${length} ${what}`,
];

/** Names, one or more, that are told apart. */
export const distinct = (accepts: Check, what: string): Rule => [
  (v) => Array.isArray(v) && v.length > 0 && v.every(accepts) && new Set(v).size === v.length,
  `a list of ${what}, each once`,
];

export const orNull = ([accepts, expected]: Rule): Rule => [
  (v) => v === null || accepts(v),
  `${expected}, or null`,
];

export const optional = ([accepts, expected]: Rule): Rule => [
  (v) => v === undefined || accepts(v),
  `${expected}, or left out`,
];
