import { type Command, Option } from 'commander';
import { OptionError } from '../errors.js';

/** Options that every command takes. */
export interface CommonOptions {
  quiet?: true;
  verbose?: true;
  debug?: true;
  seed?: number;
  threads?: number;
}

/** Adds the options that every command takes, after the command's own. */
export function addCommonOptions(command: Command): Command {
  return command
    .option('--seed <S>', 'seed of all random numbers (0)', wholeNumber('--seed', 0))
    .option('--threads <N>', 'CPU threads (one a processor, at most 8)', wholeNumber('--threads', 1, 1024))
    .addOption(new Option('--quiet', 'print results and errors only').conflicts('verbose'))
    .option('--verbose', 'say what is being done and why')
    .option('--debug', 'print the stack of an error');
}

/** A parser of whole numbers for commander: throws OptionError outside [least, most]. */
export function wholeNumber(option: string, least: number, most = Number.MAX_SAFE_INTEGER) {
  return (text: string): number => {
    const value = /^[+-]?\d+$/.test(text) ? Number(text) : Number.NaN;
    if (value >= least && value <= most) return value;
    throw new OptionError(option, `'${text}' is not a whole number ${range(least, most)}`, remedy(option));
  };
}

/** A parser of numbers for commander: throws OptionError outside [least, most]. */
export function realNumber(option: string, least: number, most = Number.POSITIVE_INFINITY) {
  return numberParser(option, (value) => value >= least && value <= most, range(least, most));
}

/** A parser of numbers above zero for commander: throws OptionError otherwise. */
export function positiveNumber(option: string) {
  return numberParser(option, (value) => value > 0, 'above 0');
}

/** A parser of shares for commander: throws OptionError outside the open interval (0, 1). */
export function share(option: string) {
  return numberParser(option, (value) => value > 0 && value < 1, 'between 0 and 1');
}

/** A parser that gathers the values of an option that may be repeated. */
export const repeated = (value: string, before: string[] | undefined): string[] => [...(before ?? []), value];

function numberParser(option: string, accepts: (value: number) => boolean, words: string) {
  return (text: string): number => {
    const value = text.trim() === '' ? Number.NaN : Number(text);
    if (Number.isFinite(value) && accepts(value)) return value;
    throw new OptionError(option, `'${text}' is not a number ${words}`, remedy(option));
  };
}

const range = (least: number, most: number): string =>
  most >= Number.MAX_SAFE_INTEGER ? `of ${least} or more` : `from ${least} to ${most}`;

const remedy = (option: string): string => `Give one, or leave ${option} out`;
