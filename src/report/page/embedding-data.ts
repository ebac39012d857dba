import type { JointEmbedding } from '../../metrics/evaluation.js';
import { labelColour } from '../plots/theme.js';

/** An embedding as it lies in the page; arrays are base64 of little-endian numbers. */
export interface EmbeddingData {
  readonly labels: readonly string[];
  /** A CSS colour for each label, and last the one of cells without a label. */
  readonly colours: readonly string[];
  /** uint16, cells x 2: 0..65535 on both axes, one unit as long across as up; the first axis to the right, the second up. */
  readonly coordinates: string;
  /** uint8: 1 for a generated cell. */
  readonly isGenerated: string;
  /** uint16: position in `labels`; their number without one. */
  readonly codes: string;
  /** uint32: position of the cell in its file. */
  readonly rows: string;
}

const most = 65_535;

export function embeddingData(embedding: JointEmbedding): EmbeddingData {
  const { labels, codes, isGenerated, rows } = embedding;
  return {
    labels,
    colours: [...labels.keys(), -1].map(labelColour),
    coordinates: base64(quantised(embedding.coordinates)),
    isGenerated: base64(isGenerated),
    codes: base64(Uint16Array.from(codes, (code) => (code < 0 ? labels.length : code))),
    rows: base64(Uint32Array.from(rows)),
  };
}

/** Both axes by the same factor, the shorter one in the middle. */
function quantised(coordinates: Float32Array): Uint16Array {
  const low = [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY];
  const high = [Number.NEGATIVE_INFINITY, Number.NEGATIVE_INFINITY];
  coordinates.forEach((value, i) => {
    low[i % 2] = Math.min(low[i % 2], value);
    high[i % 2] = Math.max(high[i % 2], value);
  });
  const extent = Math.max(high[0] - low[0], high[1] - low[1]) || 1;
  return Uint16Array.from(coordinates, (value, i) => {
    const middle = (low[i % 2] + high[i % 2]) / 2;
    return Math.round(most * (0.5 + (value - middle) / extent));
  });
}

const base64 = ({ buffer, byteOffset, byteLength }: Uint8Array | Uint16Array | Uint32Array): string =>
  Buffer.from(buffer, byteOffset, byteLength).toString('base64');
