export type CsvCell = string | number | null;

/** Rows as CSV (RFC 4180, line feeds); null and numbers that are not finite are empty. */
export const csvText = (rows: readonly (readonly CsvCell[])[]): string =>
  `${rows.map((row) => row.map(field).join(',')).join('\n')}\n`;

function field(cell: CsvCell): string {
  if (cell === null) return '';
  if (typeof cell === 'number') return Number.isFinite(cell) ? String(cell) : '';
  return /[",\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell;
}
