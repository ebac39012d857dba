import type { Cells } from './decode-cells.js';
import type { Context2d } from './dom.js';

/** How the cells of one canvas are drawn. */
export interface CellStyle {
  /** Length of the canvas's side, in CSS pixels. */
  readonly side: number;
  readonly isShown: (cell: number) => boolean;
  readonly colourOf: (cell: number) => string;
}

/**
 * Draws the shown cells, real ones round and generated ones square, in their (shuffled) order, so that neither side
 * lies on top. Runs in the browser: its text travels in the page, so it uses nothing from outside itself.
 */
export function drawCells(context: Context2d, cells: Cells, { side, isShown, colourOf }: CellStyle): void {
  const radius = Math.min(3.2, Math.max(1.2, side / 5 / Math.sqrt(cells.count)));
  context.clearRect(0, 0, side, side);
  context.globalAlpha = 0.75;
  for (let cell = 0; cell < cells.count; cell++) {
    if (!isShown(cell)) continue;
    const x = side * cells.places[2 * cell];
    const y = side * cells.places[2 * cell + 1];
    context.fillStyle = colourOf(cell);
    if (cells.isGenerated[cell] === 1) {
      context.fillRect(x - 0.9 * radius, y - 0.9 * radius, 1.8 * radius, 1.8 * radius);
    } else {
      context.beginPath();
      context.arc(x, y, radius, 0, 2 * Math.PI);
      context.fill();
    }
  }
}
