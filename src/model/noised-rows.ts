import { noise, scheduleByName, signal } from '../diffusion/schedule.js';
import { stream } from '../random/stream.js';
import { codesOf, codesPerCell } from './labels.js';
import type { LoadedModel } from './model-file.js';

/** Some cells, evenly from all, as the denoiser can be shown them at any noise level. */
export interface RowsToNoise {
  readonly cells: number;
  /** cells x `codesPerCell`. */
  readonly codes: Int32Array;
  /** Noisy rows at timestep t, cells x width; each cell's noise is its own, by the seed. */
  at(t: number): Float32Array;
}

/**
 * @param state clean rows, cells x width
 * @param codes of the same cells, cells x `codesPerCell`
 * @param most cells
 */
export function rowsToNoise(
  { description: { denoiser, diffusion, labels } }: LoadedModel,
  state: Float32Array,
  codes: Int32Array,
  most: number,
  seed: number,
): RowsToNoise {
  const { width } = denoiser;
  const total = state.length / width;
  const cells = Math.min(most, total);
  const rows = Int32Array.from({ length: cells }, (_, i) => Math.floor((i * total) / cells));
  const each = codesPerCell(labels);
  const schedule = scheduleByName(diffusion.schedule);
  return {
    ...{ cells, codes: codesOf(codes, rows, each) },
    at(t) {
      const x = new Float32Array(cells * width);
      rows.forEach((row, i) => {
        const eps = stream(seed, 'noise to look at', row, t);
        for (let k = 0; k < width; k++) {
          x[i * width + k] = signal(schedule, t) * state[row * width + k] + noise(schedule, t) * eps.normal();
        }
      });
      return x;
    },
  };
}
