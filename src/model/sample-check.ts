import { someRows } from '../counts/cell-rows.js';
import { compressRows, selectRows, toCsr } from '../counts/csr.js';
import { normalisedRows, type StoredCells } from '../counts/preprocessing.js';
import type { EngineOptions } from '../engine/device.js';
import type { CsrMatrix } from '../io/anndata.js';
import { mmd, realBandwidth } from '../metrics/mmd.js';
import { placeOn, principalComponents } from '../metrics/pca.js';
import { cellReadout } from './cell-readout.js';
import { drawStates } from './drawn-cells.js';
import { assignLabels } from './label-requests.js';
import type { LoadedModel } from './model-file.js';
import type { TrainingCells } from './training-cells.js';

/** How near a trained model's cells come to those that told it when to stop, before any `evaluate`. */
export interface SampleCheck {
  /** New ones. */
  readonly cells: number;
  readonly heldOut: number;
  /** MMD^2 of new cells to the held-out ones, on principal components of training cells; 0 for the same distribution. */
  readonly mmd: number;
  /** The same of training cells, 1,000 at most. */
  readonly control: number;
}

/** Fewer held-out cells say nothing. */
const FEWEST = 30;
/** New cells, and held-out ones at most; more would take longer and say little more. */
const CELLS = 500;
const MOST_TRAINING = 2000;
const COMPONENTS = 30;
/** Above the control by so much, cells are of no use: more than the default preset came to on seven public sets (means of .0021 at most, docs/results.md). */
const FAR = 0.005;

/**
 * Draws cells as `generate` would by default, and compares them with those held out.
 * @returns null where few or no cells were held out, or the model is one of genes, whose cells take minutes
 */
export async function checkSamples(
  model: LoadedModel,
  { prepared, heldOut }: Pick<TrainingCells, 'prepared' | 'heldOut'>,
  seed: number,
  engine: EngineOptions,
): Promise<SampleCheck | null> {
  if (model.description.state.kind === 'genes' || heldOut === null) return null;
  if (heldOut.prepared.values.rows < FEWEST) return null;
  const training = loggedCells(prepared, MOST_TRAINING, seed);
  // Components suit the cells they are found in best: the control needs cells of its own.
  const halves = [0, 1].map((half) => selectRows(training, everySecond(training.rows, half)));
  const k = Math.min(COMPONENTS, halves[0].rows, training.cols);
  const components = principalComponents(halves[0], k, seed);
  const place = (matrix: CsrMatrix) => placeOn(components, matrix);
  const real = place(loggedCells(heldOut.prepared, CELLS, seed));
  const bandwidth = realBandwidth(real);
  return {
    cells: CELLS,
    heldOut: real.rows,
    mmd: mmd(real, place(await drawnCells(model, CELLS, seed, engine)), bandwidth),
    control: mmd(real, place(halves[1]), bandwidth),
  };
}

export const isFar = (check: SampleCheck): boolean => check.mmd - Math.max(0, check.control) > FAR;

const everySecond = (rows: number, first: number): Int32Array =>
  Int32Array.from({ length: Math.ceil((rows - first) / 2) }, (_, i) => 2 * i + first);

/** Log-normalised, drawn by the seed where there are more than `most`. */
function loggedCells(cells: StoredCells, most: number, seed: number): CsrMatrix {
  const { rows } = someRows(cells.values.rows, most, seed);
  const cols = cells.values.cols;
  const data = new Float32Array(rows.length * cols);
  normalisedRows(cells, rows, data);
  return compressRows({ format: 'dense', rows: rows.length, cols, data });
}

async function drawnCells(
  model: LoadedModel,
  cells: number,
  seed: number,
  engine: EngineOptions,
): Promise<CsrMatrix> {
  const { codes } = assignLabels(model.description.labels, [], cells, seed);
  const states = await drawStates(model, codes, cells, seed, engine);
  const readout = await cellReadout(model, 'the trained model', seed, engine);
  try {
    return toCsr((await readout.read(states, codes, 0)).X!);
  } finally {
    await readout.close();
  }
}
