/** A field of a table; null is an empty one. */
export type CsvField = string | number | null;

/** Rows as CSV (RFC 4180, line feeds); what is not finite is empty. */
export const csvText = (rows: readonly (readonly CsvField[])[]): string =>
  `${rows.map((row) => row.map(csvField).join(',')).join('\n')}\n`;

function csvField(cell: CsvField): string {
  if (cell === null) return '';
  if (typeof cell === 'number') return Number.isFinite(cell) ? String(cell) : '';
  return /[",\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell;
}
