import { concatRows, selectRows } from '../counts/csr.js';
import { DataError } from '../errors.js';
import type { CsrMatrix } from '../io/anndata.js';
import type { JointEmbedding } from '../metrics/evaluation.js';
import { stream } from '../random/stream.js';
import { expressionComponents } from './components.js';
import { type EmbeddingOptions, embedScores } from './embed-scores.js';

/** Cells of one side: log-normalised values, cells x genes, and the position of each cell's label, -1 without one. */
export interface JointSide {
  readonly values: CsrMatrix;
  readonly codes: Int32Array;
}

export interface JointEmbeddingOptions extends EmbeddingOptions {
  /** Most cells of each side; as many as the smaller side has by default. */
  readonly mostCells?: number;
}

/**
 * Embeds real and generated cells together: equal numbers of both, drawn and shuffled by the seed, principal components of the pool.
 * @param real on the same genes, normalised alike, as `generated`
 * @param labels what the codes of both sides point to
 * @throws DataError for sides with different numbers of genes or too few cells; the signal's reason when it aborts
 */
export async function embedJointly(
  real: JointSide,
  generated: JointSide,
  labels: readonly string[],
  options: JointEmbeddingOptions,
): Promise<JointEmbedding> {
  const { mostCells = Number.POSITIVE_INFINITY, ...embedding } = options;
  const { method, seed = 0 } = options;
  if (real.values.cols !== generated.values.cols) {
    throw new DataError(
      'real and generated cells',
      `have ${real.values.cols} and ${generated.values.cols} genes`,
      'Cut both to the genes that they share',
    );
  }
  const each = Math.min(real.values.rows, generated.values.rows, mostCells);
  const drawn = [
    ...draw(real.values.rows, each, seed, 'real'),
    ...draw(generated.values.rows, each, seed, 'generated').map((cell) => real.values.rows + cell),
  ];
  const order = stream(seed, 'order of a joint embedding').shuffle(drawn);
  const pool = selectRows(concatRows([real.values, generated.values], real.values.cols), order);
  const scores = expressionComponents(pool, 'lognormalised', pool, seed);
  const isGenerated = Uint8Array.from(order, (cell) => (cell >= real.values.rows ? 1 : 0));
  const rows = Int32Array.from(order, (cell, i) => cell - (isGenerated[i] ? real.values.rows : 0));
  return {
    method,
    coordinates: await embedScores(scores, embedding),
    isGenerated,
    rows,
    codes: rows.map((row, i) => (isGenerated[i] ? generated : real).codes[row]),
    labels,
  };
}

/** `count` of `cells` cells, without replacement. */
function draw(cells: number, count: number, seed: number, side: string): Int32Array {
  const all = Int32Array.from({ length: cells }, (_, cell) => cell);
  return stream(seed, `${side} cells of a joint embedding`).shuffle(all).subarray(0, count);
}
