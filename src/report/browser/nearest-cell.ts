import type { Cells } from './decode-cells.js';

/**
 * The shown cell nearest to a place (0..1), or -1 where none is within `reach`.
 * Runs in the browser: its text travels in the page, so it uses nothing from outside itself.
 */
export function nearestCell(
  cells: Cells,
  isShown: (cell: number) => boolean,
  x: number,
  y: number,
  reach: number,
): number {
  let nearest = -1;
  let least = reach * reach;
  for (let cell = 0; cell < cells.count; cell++) {
    const distance = (cells.places[2 * cell] - x) ** 2 + (cells.places[2 * cell + 1] - y) ** 2;
    if (distance <= least && isShown(cell)) {
      nearest = cell;
      least = distance;
    }
  }
  return nearest;
}
