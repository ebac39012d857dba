import { readoutOf } from '../counts/readout.js';
import type { EngineOptions } from '../engine/device.js';
import { codeShift, measureShift, targetGenes } from '../explain/dose.js';
import type { DoseResponse } from '../explain/explanation.js';
import { columnOf } from '../explain/programmes.js';
import { Program } from '../graph/program.js';
import { stream } from '../random/stream.js';
import { decoderFeeds } from './decoder-feeds.js';
import { steeredReadoutOutputs } from './export-onnx.js';
import type { LoadedModel } from './model-file.js';
import { programmesAtCentres } from './programme-doses.js';

/** Doublings of a programme's top genes that are asked for. */
const DOSES = [-1, 0.5, 1, 2, 3];

/**
 * Turns programmes, one at a time, in the same cells. What moved is measured in the expected values, which have no noise of
 * drawing; whether cells are still count-like in values drawn from them.
 * @param state rows of the state space, cells x width
 * @param atoms programmes to turn
 * @returns none for a model without programmes, or without counts
 */
export async function measureDoses(
  model: LoadedModel,
  state: Float32Array,
  atoms: readonly number[],
  seed: number,
  engine: EngineOptions,
): Promise<DoseResponse[]> {
  const programmes = await programmesAtCentres(model, engine);
  const { state: space } = model.description;
  if (programmes === null || space.kind === 'genes' || !readoutOf(space.readout).counts) return [];
  const outputs = steeredReadoutOutputs(space.autoencoder, space.readout);
  const program = await Program.compile(outputs, engine, model.weights.get('autoencoder')!);
  const cellsAt = async (atom: number, dose: number) => {
    const shift = new Float32Array(programmes.atoms);
    shift[atom] = codeShift(programmes, atom, dose);
    return readCells(model, program, state, shift, seed);
  };
  try {
    const before = await cellsAt(0, 0);
    const responses: DoseResponse[] = [];
    for (const atom of atoms) {
      const targets = targetGenes(programmes, atom);
      const loading = columnOf(programmes.loadings, programmes.atoms, atom);
      const doses = [];
      for (const dose of DOSES) {
        const { expected, zeros, whole } = await cellsAt(atom, dose);
        doses.push({ dose, ...measureShift(before.expected, expected, loading, targets), zeros, whole });
      }
      responses.push({ atom, doses });
    }
    return responses;
  } finally {
    await program.close();
  }
}

/** Sums of each gene's expected values over cells, and what tells counts from other values in cells drawn. */
async function readCells(
  model: LoadedModel,
  program: Program,
  state: Float32Array,
  shift: Float32Array,
  seed: number,
): Promise<{ expected: Float64Array; zeros: number; whole: number }> {
  const { description } = model;
  if (description.state.kind === 'genes') throw new Error('not a model with a decoder');
  const { autoencoder, readout: kind } = description.state;
  const { genes } = autoencoder;
  const cells = state.length / description.denoiser.width;
  const readout = readoutOf(kind);
  const arrays = await program.run({
    ...decoderFeeds(model, state, null),
    shift: { data: shift, shape: [1, shift.length] },
  });
  const expected = new Float64Array(genes);
  const drawn = new Float32Array(genes);
  let [present, whole] = [0, 0];
  for (let cell = 0; cell < cells; cell++) {
    for (let gene = 0; gene < genes; gene++) {
      expected[gene] += arrays.mean[cell * genes + gene];
    }
    readout.sample(stream(seed, 'readout', cell), arrays, cell, drawn);
    for (const value of drawn) {
      if (value === 0) continue;
      present++;
      if (Number.isInteger(value)) whole++;
    }
  }
  return { expected, zeros: 1 - present / (cells * genes), whole: present > 0 ? whole / present : 1 };
}
