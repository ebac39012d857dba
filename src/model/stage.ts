import type { ArrayValue } from '../graph/program.js';
import type { Tensor } from '../graph/tensor.js';
import type { Param } from '../nn/params.js';
import type { TrainingRecipe } from './description.js';

/** A part of the model that is trained on its own: a loss, and what feeds it. */
export interface Stage {
  readonly name: string;
  readonly recipe: TrainingRecipe;
  /** How many cells it learns from. */
  readonly cells: number;
  /** After so many steps it is done, whatever else it was given. */
  readonly mostSteps?: number;
  readonly params: readonly Param[];
  readonly loss: Tensor;
  /** Parameters whose start the data decide, by name. */
  readonly startingValues?: ReadonlyMap<string, Float32Array>;
  /**
   * The loss's inputs for a batch.
   * @param cells row numbers of the cells that it learns from
   * @param step counts from 0; all randomness of the batch follows from the seed and it
   */
  feeds(cells: Int32Array, step: number): Record<string, ArrayValue>;
  /** Held-out cells: with them a stage keeps its best weights and stops by itself. */
  readonly heldOut: HeldOut | null;
}

/** The loss on cells that are not trained on, with draws that never change. */
export interface HeldOut {
  /** The stage's loss for a batch of these rows. */
  readonly loss: Tensor;
  readonly batches: readonly Record<string, ArrayValue>[];
  /** Steps between two looks. */
  readonly every: number;
  /** Up to and including this step the latest look is the best; later ones are compared with it. */
  readonly from?: number;
  /** A look is as good as the best when its loss is at most this share above the lowest; below 0 it must be better by so much. */
  readonly slack: number;
  /** Steps after the look at `step` after which training stops, unless another was as good as the best. */
  readonly patience: (step: number) => number;
}

/** A trained part: its weights, and their moving averages where those were kept. */
export interface TrainedWeights {
  readonly weights: ReadonlyMap<string, Float32Array>;
  readonly averages: ReadonlyMap<string, Float32Array> | null;
  /** Of each parameter, row-major. */
  readonly shapes: ReadonlyMap<string, readonly number[]>;
}

/** The weights that generation uses. */
export function bestWeights(
  trained: Pick<TrainedWeights, 'weights' | 'averages'>,
): ReadonlyMap<string, Float32Array> {
  return trained.averages ?? trained.weights;
}
