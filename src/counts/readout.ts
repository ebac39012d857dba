import type { Tensor } from '../graph/tensor.js';
import type { Params } from '../nn/params.js';
import type { Stream } from '../random/stream.js';
import type { GeneLayer } from './gene-layer.js';
import { hurdle } from './hurdle.js';
import { negativeBinomial } from './negative-binomial.js';
import type { StoredCells } from './preprocessing.js';

/** What a readout draws a cell from: arrays of cells x genes, or of genes, by name. */
export type ReadoutArrays = Readonly<Record<string, Float32Array>>;

/** Measured cells, as a readout's loss needs them. */
export interface MeasuredCells {
  /** batch x genes */
  readonly values: Tensor;
  /** Natural log of the cells' totals, batch x 1; of counts only. */
  readonly logLibrary: Tensor;
  /** Sum over genes of log x!, batch x 1; of counts only. No parameter moves it, so it is not worth a pass over all genes. */
  readonly logFactorials: Tensor;
}

/** The last part of a decoder: from features to a distribution of each gene's value, and to drawn values. */
export interface Readout {
  /** Whether the values are counts, so that the library size sets their sum. */
  readonly counts: boolean;
  /**
   * Minus the log likelihood of the cells.
   * @param layer makes a number for each gene of the features
   * @param features of the decoder, batch x features
   * @returns batch
   */
  loss(params: Params, layer: GeneLayer, features: Tensor, cells: MeasuredCells): Tensor;
  /** Parameters that begin at what the training cells say by themselves, by name. */
  startingValues(cells: StoredCells): ReadonlyMap<string, Float32Array>;
  /** Names of the layers from features to genes, under which their parameters go. */
  readonly heads: readonly string[];
  /** The distribution's parameters, batch x genes or genes. */
  distribution(
    params: Params,
    layer: GeneLayer,
    features: Tensor,
    logLibrary: Tensor,
    genes: number,
  ): Record<string, Tensor>;
  /** Draws cell `cell` of a batch of `distribution` arrays into `out`. */
  sample(stream: Stream, arrays: ReadoutArrays, cell: number, out: Float32Array): void;
  /** How far counts spread about their means, and with it how many genes a cell has; null for what are no counts. */
  readonly spread: Spread | null;
}

/** Both multiply every inverse dispersion (theta) by a factor; above 1 counts spread less, and more genes have any. */
export interface Spread {
  /** Of `distribution` arrays. */
  ofArrays(arrays: ReadoutArrays, factor: number): ReadoutArrays;
  /** Of parameters, by name: those that change, anew. */
  ofParameters(
    parameters: ReadonlyMap<string, Float32Array>,
    factor: number,
  ): ReadonlyMap<string, Float32Array>;
}

export type ReadoutKind = 'negative-binomial' | 'hurdle';

export function readoutOf(kind: ReadoutKind): Readout {
  return kind === 'negative-binomial' ? negativeBinomial : hurdle;
}
