import { createHash } from 'node:crypto';
import { decodeCells } from '../browser/decode-cells.js';
import { drawCells } from '../browser/draw-cells.js';
import { showEmbedding } from '../browser/embedding-view.js';
import { nearestCell } from '../browser/nearest-cell.js';

/** The page's script: typed functions of src/report/browser, as the text that they were compiled to. */
export const embeddingScript = `'use strict';\n${[decodeCells, nearestCell, drawCells, showEmbedding]
  .map(String)
  .join('\n')}\nshowEmbedding(document);`;

/** For the page's content security policy: this script runs, and no other. */
export const embeddingScriptHash = `sha256-${createHash('sha256').update(embeddingScript).digest('base64')}`;
