import type { Tensor } from '../graph/tensor.js';
import type { Params } from './params.js';

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
   * @returns the prediction, batch x width
   */
  predict(params: Params, x: Tensor, t: Tensor, condition: Tensor | null): Tensor;
}
