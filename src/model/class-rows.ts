import { takeRows } from '../counts/cell-rows.js';
import { DataError } from '../errors.js';
import type { CsrMatrix } from '../io/anndata.js';
import type { ClassRow, Estimate, MarkerRow } from '../metrics/evaluation.js';
import { estimate } from '../metrics/measurement.js';
import { mmd, mmdOfRows, realBandwidth } from '../metrics/mmd.js';
import { forestFigure } from '../metrics/pair-figures.js';
import { type PooledPair, pooledPair } from '../metrics/pooled-pair.js';
import { stream } from '../random/stream.js';
import type { ComparedCells } from './compared-cells.js';
import type { LabelledRows } from './compared-series.js';
import type { MeasuredSeries } from './measured-series.js';

/** Cells of a label, on each side, from which it is compared by itself. */
const fewestCells = 20;
const mostCells = 1000;

/** Label by label: all cells of it that the files have, 1,000 a side at most. */
export function classRows(
  { labels, allReal, allGenerated }: ComparedCells,
  { recognition, markers }: MeasuredSeries,
  seed: number,
): ClassRow[] {
  return (labels?.names ?? []).map((label, code) => {
    const [real, generated] = [allReal, allGenerated].map((side) => cellsOf(side, code, seed));
    const isEnough = Math.min(real.cells.rows, generated.cells.rows) >= fewestCells;
    const pair = isEnough
      ? pooledPair(real.cells, generated.cells, { values: 'log-normalised', seed })
      : null;
    return {
      ...{ label, real: real.total, generated: generated.total },
      recognisedReal: recognition?.heldOut[code] ?? null,
      recognisedGenerated: recognition?.other[code] ?? null,
      forestAuroc: pair && estimate(forestFigure(pair, seed), seed),
      mmd: pair && mmdOfPair(pair, seed),
      foldChangeSlope: markers[code]?.slope ?? null,
    };
  });
}

/** The strongest markers of each label. */
export function markerRows(
  { labels }: ComparedCells,
  { markers }: MeasuredSeries,
  genes: readonly string[],
): MarkerRow[] {
  return markers.flatMap((found, code) =>
    found === null
      ? []
      : Array.from(found.genes, (gene, i) => ({
          ...{ label: labels!.names[code], gene: genes[gene] },
          ...{ real: found.real[i], generated: found.generated[i], kept: found.kept[i] === 1 },
        })),
  );
}

function cellsOf(
  { logged, codes }: LabelledRows,
  code: number,
  seed: number,
): { readonly cells: CsrMatrix; readonly total: number } {
  const rows = Int32Array.from(codes.keys()).filter((row) => codes[row] === code);
  const drawn = stream(seed, 'cells of a label', code).shuffle(rows.slice()).subarray(0, mostCells);
  return { cells: takeRows(logged, drawn), total: rows.length };
}

/** Null where the label's real cells are mostly equal, so that they have no scale. */
function mmdOfPair({ cells, real, other }: PooledPair, seed: number): Estimate | null {
  try {
    const bandwidth = realBandwidth(real.scores);
    const value = mmd(real.scores, other.scores, bandwidth);
    const statistic = mmdOfRows(real.scores, other.scores, bandwidth);
    return estimate({ value, cells, resample: { statistic } }, seed);
  } catch (error) {
    if (error instanceof DataError) return null;
    throw error;
  }
}
