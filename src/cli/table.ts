import { printable } from './printable.js';

/**
 * Rows of cells as aligned lines, two spaces between columns, without trailing blanks.
 * @param right columns whose text is flush right
 */
export function alignColumns(given: readonly (readonly string[])[], right: readonly number[] = []): string[] {
  // Before they are measured, as what is written out is longer.
  const rows = given.map((row) => row.map(printable));
  const widths: number[] = [];
  for (const row of rows) {
    row.forEach((text, column) => {
      widths[column] = Math.max(widths[column] ?? 0, text.length);
    });
  }
  return rows.map((row) =>
    row
      .map((text, column) =>
        right.includes(column) ? text.padStart(widths[column]) : text.padEnd(widths[column]),
      )
      .join('  ')
      .trimEnd(),
  );
}
