import type { Tensor } from '../graph/tensor.js';
import type { Params } from './params.js';

/** What one layer of a transformer computes, for those who look inside; expressions of the same inputs. */
export interface LayerView {
  /** Tokens as the layer finds them and after its attention, batch x tokens x dim. */
  readonly before: Tensor;
  readonly attended: Tensor;
  /** What the attention says, before the gate by which tokens take it up. */
  readonly attention: Tensor;
  /** What the layer's nonlinearity gives: the code of ISTA, or an MLP's activations; batch x tokens x units. */
  readonly code: Tensor;
}

/** Told of every layer of a network as it is built, the first layer first. */
export type Look = (layer: LayerView) => void;

/**
 * A network that looks at noisy rows and predicts something about the clean ones.
 * It knows neither the noise schedule nor what its prediction stands for (noise, clean row or velocity).
 */
export interface Denoiser {
  /** Length of a row of `x`. */
  readonly width: number;
  /** Length of a row of `condition`; 0 for an unconditional network. */
  readonly conditionWidth: number;
  /**
   * @param x noisy rows, batch x width
   * @param t noise level of each row as a timestep in [0, 1000), batch
   * @param condition labels one-hot per key and side by side, batch x conditionWidth; a row of zeros asks for no
   *   label; null when conditionWidth is 0
   * @param look told of every layer
   * @returns the prediction, batch x width
   */
  predict(params: Params, x: Tensor, t: Tensor, condition: Tensor | null, look?: Look): Tensor;
}
