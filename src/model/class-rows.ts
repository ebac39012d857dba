import { takeRows } from '../counts/cell-rows.js';
import { median } from '../counts/library-size.js';
import { DataError } from '../errors.js';
import type { CsrMatrix } from '../io/anndata.js';
import { auroc } from '../metrics/auroc.js';
import { bootstrapInterval } from '../metrics/bootstrap.js';
import type { ClassRow, Estimate, MarkerRow } from '../metrics/evaluation.js';
import { estimate } from '../metrics/measurement.js';
import type { NearestTraining } from '../metrics/memorisation.js';
import { mmd, mmdOfRows, realBandwidth } from '../metrics/mmd.js';
import { forestFigure } from '../metrics/pair-figures.js';
import { type PooledPair, pooledPair } from '../metrics/pooled-pair.js';
import { stream } from '../random/stream.js';
import type { ComparedCells } from './compared-cells.js';
import type { ComparedSeries, LabelledRows } from './compared-series.js';
import type { MeasuredSeries } from './measured-series.js';

/** Cells of a label, on each side, from which it is compared by itself. */
const fewestCells = 20;
const mostCells = 1000;

/** The same for distances to training cells, which are compared one by one: a rare type has few cells, and may be copied. */
const fewestPlaced = 5;

/** Label by label: all cells of it that the files have, 1,000 a side at most; beside training cells, those of the series. */
export function classRows(
  { labels, allReal, allGenerated, series }: ComparedCells,
  { recognition, markers, nearest }: MeasuredSeries,
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
      ...placesOf(code, nearest, series[0], seed),
    };
  });
}

/** How near a label's cells are to training cells. */
function placesOf(
  code: number,
  nearest: NearestTraining | null,
  { heldOut, other }: ComparedSeries,
  seed: number,
): Pick<ClassRow, 'toTrainingReal' | 'toTrainingGenerated' | 'nearerShare'> {
  const real = nearest?.heldOut.filter((_, cell) => heldOut.codes[cell] === code) ?? new Float32Array();
  const generated = nearest?.generated.filter((_, cell) => other.codes[cell] === code) ?? new Float32Array();
  const medianIfAny = (distances: Float32Array) => (distances.length > 0 ? median(distances) : null);
  const cells = Math.min(real.length, generated.length);
  return {
    toTrainingReal: medianIfAny(real),
    toTrainingGenerated: medianIfAny(generated),
    nearerShare: cells < fewestPlaced ? null : shareNearer(real, generated, seed),
  };
}

function shareNearer(real: Float32Array, generated: Float32Array, seed: number): Estimate {
  const value = auroc(real, generated);
  const interval = bootstrapInterval(
    (realRows, otherRows) =>
      auroc(
        Float32Array.from(realRows, (row) => real[row]),
        Float32Array.from(otherRows, (row) => generated[row]),
      ),
    value,
    [real.length, generated.length],
    { range: [0, 1], seed },
  );
  return { value, interval, n: Math.min(real.length, generated.length) };
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
