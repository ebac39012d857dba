import { OptionError } from '../errors.js';
import { stream } from '../random/stream.js';
import { codesPerCell, type LabelCombination, type LabelSpace } from './labels.js';

/** A wish for cells: a code for some of the keys (null: as in training), and how many. */
interface LabelRequest {
  readonly codes: readonly (number | null)[];
  readonly count: number | null;
}

export interface AssignedLabels {
  readonly cells: number;
  /** cells x `codesPerCell`, -1 for an unlabelled cell or an unknown cluster. */
  readonly codes: Int32Array;
}

/**
 * Which labels the generated cells carry.
 * @param requests `NAME`, `KEY:NAME` or several of them joined by commas, each with an optional `=COUNT`
 * @param n cells in all; counts that are asked for take precedence, the rest is shared out evenly
 * @returns codes in the order of the requests; without requests, drawn as often as in training
 * @throws OptionError for a name the model does not know (it lists those it does), or counts that do not fit
 */
export function assignLabels(
  space: LabelSpace,
  requests: readonly string[],
  n: number | undefined,
  seed: number,
): AssignedLabels {
  if (requests.length === 0) {
    if (n === undefined) throw new OptionError('-n', 'is missing', 'Say how many cells, as in -n 1000');
    return drawCodes(space, [{ codes: space.keys.map(() => null), count: n }], seed);
  }
  const parsed = requests.map((text) => parseRequest(space, text));
  return drawCodes(space, withCounts(parsed, n), seed);
}

/** Names and labels of all cells are held in memory. */
const MOST_CELLS = 100_000_000;

/** What is left open is drawn cell by cell from the training combinations, by the cell's own random stream. */
function drawCodes(
  space: LabelSpace,
  requests: readonly { codes: readonly (number | null)[]; count: number }[],
  seed: number,
): AssignedLabels {
  const keys = space.keys.length;
  const width = codesPerCell(space);
  const total = requests.reduce((sum, { count }) => sum + count, 0);
  if (total > MOST_CELLS) {
    throw new OptionError('-n', `${total} cells are too many for one file`, 'Make several with other seeds');
  }
  const codes = new Int32Array(total * width);
  let cell = 0;
  for (const request of requests) {
    const fitting = space.combinations.filter((combination) =>
      request.codes.every((code, k) => code === null || combination.codes[k] === code),
    );
    // Names never seen together: other labels are drawn as if the wish had not been made, and no cluster is known for them.
    const seen = fitting.length > 0;
    const pool = seen ? fitting : space.combinations;
    const poolCells = pool.reduce((sum, { cells }) => sum + cells, 0);
    for (let i = 0; i < request.count; i++, cell++) {
      const drawn = combinationAt(pool, stream(seed, 'labels', cell).uniform() * poolCells);
      for (let k = 0; k < keys; k++) codes[cell * width + k] = request.codes[k] ?? drawn.codes[k];
      if (width > keys) codes[cell * width + keys] = seen ? drawn.codes[keys] : -1;
    }
  }
  return { cells: total, codes };
}

/** The combination that cell number `position` of the pool has. */
function combinationAt(pool: readonly LabelCombination[], position: number): LabelCombination {
  let passed = 0;
  for (const combination of pool) {
    passed += combination.cells;
    if (position < passed) return combination;
  }
  return pool[pool.length - 1];
}

function withCounts(
  requests: readonly LabelRequest[],
  n: number | undefined,
): { codes: readonly (number | null)[]; count: number }[] {
  const asked = requests.reduce((sum, { count }) => sum + (count ?? 0), 0);
  const open = requests.filter(({ count }) => count === null).length;
  if (open > 0 && n === undefined) {
    throw new OptionError('--label', 'has no count', 'Give NAME=COUNT, or the number of cells with -n');
  }
  if (n !== undefined && (asked > n || (open === 0 && asked !== n))) {
    throw new OptionError('-n', `${n} cells do not fit the ${asked} of the labels`, 'Leave -n out');
  }
  const rest = (n ?? asked) - asked;
  if (rest < open) {
    throw new OptionError(
      '-n',
      `${n} cells leave ${rest} for the labels without a count, of which there are ${open}`,
      'Ask for more cells, or for fewer labels',
    );
  }
  let place = 0;
  return requests.map(({ codes, count }) => {
    if (count !== null) return { codes, count };
    const share = Math.floor(rest / open) + (place++ < rest % open ? 1 : 0);
    return { codes, count: share };
  });
}

function parseRequest(space: LabelSpace, text: string): LabelRequest {
  if (space.keys.length === 0) {
    throw new OptionError(
      '--label',
      'this model was trained without labels',
      'Leave it out, or train with --label-key',
    );
  }
  // A name may itself contain '=' or ',': the whole text is tried as a name first.
  const whole = findName(space, text);
  if (whole !== null) return { codes: only(space, [whole]), count: null };
  const [, names, count] = /^(.*)=(-?\d+)$/s.exec(text) ?? [null, text, null];
  if (count !== null && Number(count) <= 0) {
    throw new OptionError('--label', `'${text}' asks for no cells`, 'Give a count of 1 or more');
  }
  return { codes: only(space, namesIn(space, names)), count: count === null ? null : Number(count) };
}

/** Names joined by commas. A name may itself contain them, so the longest one that is known is taken first. */
function namesIn(space: LabelSpace, text: string): Found[] {
  const parts = text.split(',');
  for (let end = parts.length; end > 0; end--) {
    const name = parts.slice(0, end).join(',');
    const found = findName(space, name) ?? findName(space, name.trim());
    if (found === null) continue;
    return end === parts.length ? [found] : [found, ...namesIn(space, parts.slice(end).join(','))];
  }
  throw unknownName(space, text.trim());
}

interface Found {
  readonly key: number;
  readonly code: number;
}

function findName(space: LabelSpace, text: string): Found | null {
  const matches = space.keys.flatMap(({ key, names }, k) => {
    const plain = codeOf(names, text);
    const code =
      plain >= 0 ? plain : text.startsWith(`${key}:`) ? codeOf(names, text.slice(key.length + 1)) : -1;
    return code >= 0 ? [{ key: k, code }] : [];
  });
  if (matches.length > 1) {
    const keys = matches.map(({ key }) => `${space.keys[key].key}:${text}`).join(' or ');
    throw new OptionError('--label', `'${text}' is a name of several label keys`, `Write ${keys}`);
  }
  return matches[0] ?? null;
}

/** Position of a name, else of one that reads the same: accents may be characters of their own (Unicode normalisation); -1 where there is none. */
function codeOf(names: readonly string[], text: string): number {
  const exact = names.indexOf(text);
  return exact >= 0 ? exact : names.findIndex((name) => name.normalize() === text.normalize());
}

/** So many names of a key are listed in a message. */
const LISTED_NAMES = 40;

function unknownName(space: LabelSpace, text: string): OptionError {
  const known = space.keys.map(({ key, names }) => {
    const listed = names.slice(0, LISTED_NAMES).map((name) => `'${name}'`);
    const rest = names.length - listed.length;
    return `${key}: ${listed.join(', ')}${rest > 0 ? ` and ${rest} more` : ''}`;
  });
  return new OptionError('--label', `the model does not know '${text}'`, `It knows ${known.join('; ')}`);
}

function only(space: LabelSpace, found: readonly Found[]): (number | null)[] {
  const codes: (number | null)[] = space.keys.map(() => null);
  for (const { key, code } of found) {
    if (codes[key] !== null) {
      throw new OptionError(
        '--label',
        `two names of '${space.keys[key].key}' are asked for at once`,
        'Give one',
      );
    }
    codes[key] = code;
  }
  return codes;
}
