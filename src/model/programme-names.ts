import { readFile } from 'node:fs/promises';
import { FileError, OptionError } from '../errors.js';

/**
 * The numbers of programmes that a user has named: a programme a line, its name and its number with a tab between.
 * @param file what the text is called in an error
 * @throws FileError for another kind of line, a name that is a number or there twice, or no name at all
 */
export function parseProgrammeNames(text: string, file: string): Map<string, number> {
  const numbers = new Map<string, number>();
  text.split(/\r?\n/).forEach((line, i) => {
    if (line.trim() === '') return;
    const [, name, number] = /^\s*([^\t]*\S)\s*\t\s*(\d+)\s*$/.exec(line) ?? [];
    if (name === undefined) {
      const problem = `line ${i + 1} is not a name and a programme's number with a tab between`;
      throw new FileError(file, problem, 'Write, for example, heat shock, a tab and 17');
    }
    if (/^\d+$/.test(name))
      throw new FileError(file, `names a programme '${name}'`, 'Give a name that is no number');
    if (numbers.has(name)) throw new FileError(file, `names '${name}' twice`, 'Give each name once');
    numbers.set(name, Number(number));
  });
  if (numbers.size === 0) throw new FileError(file, 'names no programme', 'Give a name, a tab and a number');
  return numbers;
}

/**
 * Requests such as 'heat shock=+1' with the programme's number instead of its name; those by number stay.
 * @param file of names, for `parseProgrammeNames`
 * @throws FileError where it cannot be read; OptionError for a name that it does not have (the message lists those it has)
 */
export async function requestsByNumber(requests: readonly string[], file: string): Promise<string[]> {
  const text = await readFile(file, 'utf8').catch((cause: unknown) => {
    throw new FileError(file, 'cannot be read', 'Give a file of names and numbers', { cause });
  });
  const numbers = parseProgrammeNames(text, file);
  return requests.map((request) => {
    const [, name, dose] = /^\s*(.*\S)\s*=([^=]*)$/s.exec(request) ?? [];
    const number = numbers.get(name ?? '');
    if (number !== undefined) return `${number}=${dose}`;
    if (name === undefined || /^\d+$/.test(name)) return request;
    const known = [...numbers.keys()].map((one) => `'${one}'`).join(', ');
    throw new OptionError('--program', `${file} does not name '${name}'`, `It names ${known}`);
  });
}
