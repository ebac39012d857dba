import type { CellDecoderSize } from '../counts/autoencoder.js';
import { takeCells } from '../counts/preprocessing.js';
import { type ReadoutKind, readoutOf, type Spread } from '../counts/readout.js';
import type { EngineOptions } from '../engine/device.js';
import { Program } from '../graph/program.js';
import { stream } from '../random/stream.js';
import { labelFeed } from './decoder-labels.js';
import type { EncodedCells } from './decoder-stage.js';
import { drawEncoded } from './encoding.js';
import { readoutOutputs } from './export-onnx.js';
import { codesOf, codesPerCell } from './labels.js';
import { logLibrarySizes } from './measured-cells.js';
import { bestWeights, type TrainedWeights } from './stage.js';

const READOUT = 'readout.';
/** Cells that are redrawn, at most. */
const CELLS = 2000;
const AT_ONCE = 250;
/** The factor that shows how genes per cell follow. */
const TRIAL = 0.8;
/** Below it something else is wrong. */
const LEAST = 0.5;
/** Where genes per cell follow the factor less than by this power of it, nearly all genes are found in all cells, and they tell nothing. */
const LEAST_SLOPE = 0.02;

/**
 * The autoencoder with all inverse dispersions times one factor, 1 at most, so that cells which are redrawn from where they lie have
 * no more genes, on average, than they were measured with. The likelihood takes the counts of a cell as independent, while drawn ones have a sum
 * that is given, and it is learned from cells whose means the decoder knows too well: both leave counts spread too little.
 * Unchanged where they have no more genes than that, for which the spread is not to blame, and where the readout knows no counts.
 */
export async function withCalibratedSpread(
  autoencoder: TrainedWeights,
  cells: EncodedCells,
  size: CellDecoderSize,
  kind: ReadoutKind,
  engine: EngineOptions,
  seed: number,
): Promise<TrainedWeights> {
  const { spread } = readoutOf(kind);
  if (spread === null) return autoencoder;
  const factor = await calibration(autoencoder, cells, size, kind, spread, engine, seed);
  if (factor === 1) return autoencoder;
  const changed = (weights: ReadonlyMap<string, Float32Array>) => {
    const ofReadout = [...weights].filter(([name]) => name.startsWith(READOUT));
    const own = new Map(ofReadout.map(([name, data]) => [name.slice(READOUT.length), data]));
    const anew = [...spread.ofParameters(own, factor)];
    return new Map([...weights, ...anew.map(([name, data]) => [READOUT + name, data] as const)]);
  };
  const { weights, averages, shapes } = autoencoder;
  return { weights: changed(weights), averages: averages && changed(averages), shapes };
}

/** Genes per cell rise with the factor, near enough a power of it: two factors tell which one gives as many as were measured. */
async function calibration(
  autoencoder: TrainedWeights,
  { prepared, labels: { space, codes }, encoding }: EncodedCells,
  size: CellDecoderSize,
  kind: ReadoutKind,
  spread: Spread,
  engine: EngineOptions,
  seed: number,
): Promise<number> {
  const readout = readoutOf(kind);
  const chosen = stream(seed, 'cells for the spread').shuffle(
    Int32Array.from({ length: prepared.values.rows }, (_, row) => row),
  );
  const rows = chosen.subarray(0, CELLS).filter((row) => prepared.librarySize[row]! > 0);
  const program = await Program.compile(readoutOutputs(size, kind), engine, bestWeights(autoencoder));
  try {
    /** Genes of redrawn cells over those of measured ones. */
    const ratioAt = async (factor: number): Promise<number> => {
      const out = new Float32Array(size.genes);
      let [drawn, measured] = [0, 0];
      for (let start = 0; start < rows.length; start += AT_ONCE) {
        const own = rows.subarray(start, start + AT_ONCE);
        const z = new Float32Array(own.length * size.latent);
        stream(seed, 'places for the spread', start).fillNormal(z);
        drawEncoded(encoding, own, z);
        const arrays = await program.run({
          z: { data: z, shape: [own.length, size.latent] },
          ...labelFeed(space, codesOf(codes, own, codesPerCell(space)), own.length),
          logLibrary: { data: logLibrarySizes(prepared, own), shape: [own.length, 1] },
        });
        const wide = spread.ofArrays(arrays, factor);
        for (let i = 0; i < own.length; i++) {
          readout.sample(stream(seed, 'counts for the spread', start + i), wide, i, out);
          drawn += genesOf(out);
        }
        measured += genesOf(takeCells(prepared, own).values.data);
      }
      return drawn / measured;
    };
    const atOne = await ratioAt(1);
    if (!(atOne > 1)) return 1;
    const slope = Math.log((await ratioAt(TRIAL)) / atOne) / Math.log(TRIAL);
    return slope > LEAST_SLOPE ? Math.max(atOne ** (-1 / slope), LEAST) : 1;
  } finally {
    await program.close();
  }
}

const genesOf = (counts: ArrayLike<number>): number => {
  let genes = 0;
  for (let i = 0; i < counts.length; i++) if (counts[i]! > 0) genes++;
  return genes;
};
