import type { EmbeddingData } from '../page/embedding-data.js';

/** The cells of the page's embedding, in drawing order. */
export interface Cells {
  readonly count: number;
  /** cells x 2, 0..1 from the upper left corner, with a margin. */
  readonly places: Float32Array;
  readonly isGenerated: Uint8Array;
  /** Position in the labels; their number without one. */
  readonly codes: Uint16Array;
  /** Position in the cell's file. */
  readonly rows: Uint32Array;
}

/** Runs in the browser: its text travels in the page, so it uses nothing from outside itself. */
export function decodeCells(data: EmbeddingData): Cells {
  const bytes = (base64: string): ArrayBuffer =>
    Uint8Array.from(atob(base64), (character) => character.charCodeAt(0)).buffer;
  const coordinates = new Uint16Array(bytes(data.coordinates));
  const margin = 0.02;
  const places = Float32Array.from(coordinates, (value, i) => {
    const place = margin + (1 - 2 * margin) * (value / 65_535);
    return i % 2 === 0 ? place : 1 - place;
  });
  return {
    count: places.length / 2,
    places,
    isGenerated: new Uint8Array(bytes(data.isGenerated)),
    codes: new Uint16Array(bytes(data.codes)),
    rows: new Uint32Array(bytes(data.rows)),
  };
}
