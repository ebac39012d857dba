import { codeShift, measureShift, targetGenes } from '../explain/dose.js';
import type { DoseResponse } from '../explain/explanation.js';
import type { EngineOptions } from '../engine/device.js';
import type { Matrix } from '../io/anndata.js';
import { cellReadout } from './cell-readout.js';
import type { LoadedModel } from './model-file.js';
import { programmesAtMean } from './programme-doses.js';

/** Doublings of a programme's top genes that are asked for. */
const DOSES = [-1, 0.5, 1, 2, 3];

/**
 * Turns programmes, one at a time, in the same cells with the same random draws, and measures in the counts drawn what moved.
 * @param state rows of the state space, cells x width
 * @param atoms programmes to turn
 */
export async function measureDoses(
  model: LoadedModel,
  run: string,
  state: Float32Array,
  atoms: readonly number[],
  seed: number,
  engine: EngineOptions,
): Promise<DoseResponse[]> {
  const programmes = await programmesAtMean(model, engine);
  if (programmes === null) return [];
  const drawn = async (atom: number, dose: number) => {
    const shift = new Float32Array(programmes.atoms);
    shift[atom] = codeShift(programmes, atom, dose);
    const readout = await cellReadout(model, run, seed, engine, shift);
    try {
      const { X, layers } = await readout.read(state, 0);
      return layers?.get('counts') ?? X!;
    } finally {
      await readout.close();
    }
  };
  const before = sumsOf(await drawn(atoms[0] ?? 0, 0));
  const responses: DoseResponse[] = [];
  for (const atom of atoms) {
    const targets = targetGenes(programmes, atom);
    const doses = [];
    for (const dose of DOSES) {
      const after = sumsOf(await drawn(atom, dose));
      const shift = measureShift(before.genes, after.genes, targets);
      doses.push({ dose, ...shift, zeros: after.zeros, whole: after.whole });
    }
    responses.push({ atom, doses });
  }
  return responses;
}

/** Sums of each gene over cells, and what tells counts from other values. */
function sumsOf(matrix: Matrix): { genes: Float64Array; zeros: number; whole: number } {
  const genes = new Float64Array(matrix.cols);
  let [present, whole] = [0, 0];
  matrix.data.forEach((value, at) => {
    if (value === 0) return;
    genes[matrix.format === 'csr' ? matrix.indices[at] : at % matrix.cols] += value;
    present++;
    if (Number.isInteger(value)) whole++;
  });
  return { genes, zeros: 1 - present / (matrix.rows * matrix.cols), whole: present > 0 ? whole / present : 1 };
}
