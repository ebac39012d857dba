import type { Estimate } from '../metrics/evaluation.js';
import { formatCount, formatShare } from '../number-format.js';

/** Three significant digits: '0.575', '0.00071', '1,230', '2.1e-7'; a true minus sign; 'not defined' for NaN. */
export function formatValue(value: number): string {
  if (Number.isNaN(value)) return 'not defined';
  if (!Number.isFinite(value)) return value > 0 ? 'infinite' : '−infinite';
  return trueMinus(plainDigits(value));
}

/** '0.551 to 0.598', or null where no interval was drawn. */
export function formatInterval({ interval }: Estimate): string | null {
  return interval === null ? null : `${formatValue(interval[0])} to ${formatValue(interval[1])}`;
}

/** 0.9192 as '91.9%'; null as an en dash. */
export const formatShareIfAny = (share: number | null): string =>
  share === null || Number.isNaN(share) ? '–' : formatShare(share);

/** `text` at most `most` characters long, the end of a longer one replaced by an ellipsis. */
export function shorten(text: string, most: number): string {
  const characters = [...text];
  return characters.length <= most ? text : `${characters.slice(0, most - 1).join('')}…`;
}

export const trueMinus = (digits: string): string => digits.replaceAll('-', '−');

function plainDigits(value: number): string {
  const size = Math.abs(value);
  if (size >= 1000 && size < 1e9) return formatCount(value);
  if (size > 0 && (size < 1e-4 || size >= 1e9)) return value.toExponential(1);
  // Under 0.01 two digits are as many as the reader of a table can compare.
  return size < 0.01 ? String(Number(value.toPrecision(2))) : value.toPrecision(3);
}
