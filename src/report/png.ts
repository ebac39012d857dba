import { Resvg } from '@resvg/resvg-js';

/** Pixels of PNG files to a unit of their SVG: sharp on dense screens and in slides. */
const zoom = 2;

const font = { loadSystemFonts: true, sansSerifFamily: 'DejaVu Sans' };

/**
 * The bytes of an SVG drawing as PNG, at twice its size. Text is set in a font of the system; where there is none
 * it is missing (see `systemHasFont`).
 */
export function pngOf(svg: string): Uint8Array {
  return new Resvg(svg, { font, fitTo: { mode: 'zoom', value: zoom } }).render().asPng();
}

/** Whether this system has a font for the text of PNG files; slim containers often have none. */
export function systemHasFont(): boolean {
  const letter =
    '<svg xmlns="http://www.w3.org/2000/svg" width="20" height="20"><text y="18" font-size="18">H</text></svg>';
  return new Resvg(letter, { font }).render().pixels.some((byte) => byte !== 0);
}
