import type { JointEmbedding } from '../../metrics/evaluation.js';

/** A label's name on the map, so that colours are not all there is to tell labels apart. */
export interface LabelPlace {
  readonly label: string;
  /** The median of its cells, in the embedding's units. */
  readonly at: readonly [number, number];
}

/** Longer names are cut on the map; the legend has them whole. */
export const longestName = 18;
/** Room for a letter and for a line, as shares of the map's side. */
const letter = 0.018;
const line = 0.045;

/** Places for names, labels with most cells first; a name that would lie over another is left out. */
export function labelPlaces({ labels, codes, coordinates }: JointEmbedding): LabelPlace[] {
  const cells: number[][] = labels.map(() => []);
  codes.forEach((code, i) => {
    cells[code]?.push(i);
  });
  const [xs, ys] = [0, 1].map((axis) => coordinates.filter((_, i) => i % 2 === axis).sort());
  const extent = Math.max(xs[xs.length - 1] - xs[0], ys[ys.length - 1] - ys[0]) || 1;
  const placed: (LabelPlace & { width: number })[] = [];
  const bySize = [...labels.keys()].sort((a, b) => cells[b].length - cells[a].length);
  for (const code of bySize.filter((one) => cells[one].length > 0)) {
    const at = [0, 1].map((axis) => median(cells[code].map((i) => coordinates[2 * i + axis])));
    const width = letter * Math.min(longestName, labels[code].length);
    const free = placed.every(
      (other) =>
        Math.abs(other.at[0] - at[0]) / extent > (other.width + width) / 2 ||
        Math.abs(other.at[1] - at[1]) / extent > line,
    );
    if (free) placed.push({ label: labels[code], at: [at[0], at[1]], width });
  }
  return placed.map(({ label, at }) => ({ label, at }));
}

function median(values: number[]): number {
  return Float32Array.from(values).sort()[values.length >> 1];
}
