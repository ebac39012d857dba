import { compressRows } from '../counts/csr.js';
import { librarySizes, log1p, normaliseTotal } from '../counts/library-size.js';
import { denormalise } from '../counts/preprocessing.js';
import { readoutOf } from '../counts/readout.js';
import type { EngineOptions } from '../engine/device.js';
import { Program } from '../graph/program.js';
import type { CsrMatrix } from '../io/anndata.js';
import type { RowBlock } from '../io/write.js';
import { stream } from '../random/stream.js';
import { decoderFeeds } from './decoder-feeds.js';
import { readoutOutputs, steeredReadoutOutputs } from './export-onnx.js';
import type { LoadedModel } from './model-file.js';
import { refuseOverflow } from './overflow.js';

/** Rows of the output file, and of a sparse decoder the code behind them. */
export interface ReadCells extends RowBlock {
  /** cells x atoms, row-major, 0 or more. */
  readonly code?: Float32Array;
}

/** From rows of the state space to rows of the output file. */
export interface CellReadout {
  /**
   * @param state cells x width
   * @param codes labels of the same cells, cells x `codesPerCell`
   * @param start index of the first cell in the output
   * @throws OverflowError where the state or what it decodes to is no sane number
   */
  read(state: Float32Array, codes: Int32Array, start: number): Promise<ReadCells>;
  close(): Promise<void>;
}

export interface ReadoutOptions {
  /** Added to every cell's code, one an atom of a sparse decoder; none is 0. */
  readonly shift?: Float32Array | undefined;
  /** Whether the decoder is kept from labels; it was taught to do without. */
  readonly hideLabels?: boolean;
}

/** @param run what the model is called in an error */
export async function cellReadout(
  model: LoadedModel,
  run: string,
  seed: number,
  engine: EngineOptions,
  options: ReadoutOptions = {},
): Promise<CellReadout> {
  return model.description.state.kind === 'genes'
    ? expressionReadout(model, run)
    : distributionReadout(model, run, seed, engine, options);
}

/** Gene-space models say the expression itself: X is log-normalised, negative values are 0, as published. */
function expressionReadout(model: LoadedModel, run: string): CellReadout {
  const { preprocessing } = model.description;
  const genes = preprocessing.geneNames.length;
  return {
    async read(state) {
      refuseOverflow(state, run);
      denormalise(preprocessing, state);
      const rows = state.length / genes;
      return { X: compressRows({ format: 'dense', rows, cols: genes, data: state }) };
    },
    async close() {},
  };
}

/** Models with a decoder decode to a distribution and draw from it: counts with their log-normalised values, or the latter. */
async function distributionReadout(
  model: LoadedModel,
  run: string,
  seed: number,
  engine: EngineOptions,
  { shift, hideLabels = false }: ReadoutOptions,
): Promise<CellReadout> {
  const { state: space, preprocessing } = model.description;
  if (space.kind === 'genes') throw new Error('not a model with a decoder');
  const { autoencoder, readout: kind } = space;
  const { genes } = autoencoder;
  const readout = readoutOf(kind);
  const { decoder } = autoencoder;
  const atoms = decoder.kind === 'mlp' ? null : decoder.atoms;
  const outputs =
    atoms === null ? readoutOutputs(autoencoder, kind) : steeredReadoutOutputs(autoencoder, kind);
  const program = await Program.compile(outputs, engine, model.weights.get('autoencoder')!);
  return {
    async read(state, codes, start) {
      refuseOverflow(state, run);
      const cells = state.length / model.description.denoiser.width;
      const arrays = await program.run({
        ...decoderFeeds(model, state, hideLabels ? null : codes),
        ...(atoms !== null && { shift: { data: shift ?? new Float32Array(atoms), shape: [1, atoms] } }),
      });
      for (const values of Object.values(arrays)) refuseOverflow(values, run);
      const rows = new Float32Array(cells * genes);
      for (let i = 0; i < cells; i++) {
        const own = stream(seed, 'readout', start + i);
        readout.sample(own, arrays, i, rows.subarray(i * genes, (i + 1) * genes));
      }
      const drawn = compressRows({ format: 'dense', rows: cells, cols: genes, data: rows });
      const code = arrays.code && { code: arrays.code };
      if (!readout.counts) return { X: drawn, ...code };
      const X = logNormalised(drawn, preprocessing.targetSum!);
      return { X, layers: new Map([['counts', drawn]]), ...code };
    },
    close: () => program.close(),
  };
}

function logNormalised(counts: CsrMatrix, targetSum: number): CsrMatrix {
  return log1p(normaliseTotal(counts, targetSum, librarySizes(counts)));
}
