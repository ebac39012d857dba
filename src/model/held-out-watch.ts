import type { EngineOptions } from '../engine/device.js';
import { Program } from '../graph/program.js';
import type { TrainingState } from '../graph/training-step.js';
import type { Param } from '../nn/params.js';
import { bestWeights, type HeldOut } from './stage.js';

/** The weights to keep so far: those of the latest look whose loss was within `slack` of the lowest (stage.ts). */
export interface BestSoFar extends Pick<TrainingState, 'step' | 'weights' | 'averages'> {
  readonly loss: number;
  /** The lowest loss of looks that were as good as the best. */
  readonly lowest: number;
}

/**
 * Early stopping (Prechelt 1998): looks at held-out cells now and then, keeps the weights of the latest look that was as good
 * as the best, and says when looking further is in vain.
 */
export class HeldOutWatch {
  private constructor(
    private readonly heldOut: HeldOut,
    private readonly params: readonly Param[],
    private readonly program: Program,
    private best: BestSoFar | null,
  ) {}

  static async create(
    heldOut: HeldOut,
    params: readonly Param[],
    engine: EngineOptions,
    best: BestSoFar | null,
  ): Promise<HeldOutWatch> {
    return new HeldOutWatch(heldOut, params, await Program.compile({ loss: heldOut.loss }, engine), best);
  }

  private get comparedAfter(): number {
    return this.heldOut.from ?? 0;
  }

  get bestSoFar(): BestSoFar | null {
    return this.best;
  }

  isDue(step: number): boolean {
    return step % this.heldOut.every === 0;
  }

  /** Measures the weights that generation would use. Returns the held-out loss. */
  async look(state: TrainingState): Promise<number> {
    const weights = bestWeights(state);
    const feeds = Object.fromEntries(
      this.params.map(({ name, tensor }) => [
        name,
        { data: weights.get(name)!, shape: tensor.shape as readonly number[] },
      ]),
    );
    let loss = 0;
    for (const batch of this.heldOut.batches) {
      loss += (await this.program.run({ ...feeds, ...batch })).loss[0] / this.heldOut.batches.length;
    }
    const { step, weights: own, averages } = state;
    const before = step <= this.comparedAfter || this.best === null ? null : this.best.lowest;
    const most = before === null ? Number.POSITIVE_INFINITY : before + this.heldOut.slack * Math.abs(before);
    if (Number.isFinite(loss) && loss <= most) {
      const lowest = Math.min(loss, before ?? loss);
      this.best = { step, weights: own, averages, loss, lowest };
    }
    return loss;
  }

  isInVain(step: number): boolean {
    if (this.best === null) return false;
    const since = Math.max(this.best.step, this.comparedAfter);
    return step - since >= this.heldOut.patience(this.best.step);
  }

  close(): Promise<void> {
    return this.program.close();
  }
}
