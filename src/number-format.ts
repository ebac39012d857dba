/** 12345 as '12,345'. */
export const formatCount = (value: number): string => Math.round(value).toLocaleString('en-US');

/** '1 cell', '2,730 cells'. */
export const formatAmount = (value: number, thing: string): string =>
  `${formatCount(value)} ${thing}${value === 1 ? '' : 's'}`;

/** Four significant digits, without trailing zeros: '0.9192', '168', '1.2e-7'; thousands to the last one: '21,379'; from 10^9 on '1.235e+9'. */
export function formatNumber(value: number): string {
  const rounded = Number(value.toPrecision(4));
  if (Math.abs(value) >= 1e9) return rounded.toExponential();
  return Math.abs(value) >= 1000 ? formatCount(value) : String(rounded);
}

/** 0.9192 as '91.9%'. */
export const formatShare = (share: number): string => `${(100 * share).toFixed(1)}%`;

/** '0.4 s', '38 s', '3 min 05 s', '2 h 10 min'. */
export function formatDuration(seconds: number): string {
  if (seconds < 10) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole} s`;
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${String(whole % 60).padStart(2, '0')} s`;
  const minutes = Math.round(seconds / 60);
  return `${Math.floor(minutes / 60)} h ${String(minutes % 60).padStart(2, '0')} min`;
}

/** '512 bytes', '4.0 MB' (powers of 1000, as file managers count). */
export function formatBytes(bytes: number): string {
  if (bytes < 1000) return `${bytes} bytes`;
  const units = ['kB', 'MB', 'GB', 'TB'];
  const power = Math.min(units.length, Math.floor(Math.log10(bytes) / 3));
  return `${(bytes / 1000 ** power).toFixed(1)} ${units[power - 1]}`;
}
