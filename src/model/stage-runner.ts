import type { EngineOptions } from '../engine/device.js';
import { type Param, parameterCount } from '../nn/params.js';
import { type Checkpoint, type FinishedWeights, refuseOtherArrays, writeCheckpoint } from './checkpoint.js';
import type { RunFolder } from './run-folder.js';
import type { Stage, TrainedWeights } from './stage.js';
import type { TrainOptions } from './train-options.js';
import { type Budget, runStage, type StagePosition, type StageRecord, startOf } from './training-loop.js';

/** Runs the stages of one training run in order, keeps its checkpoint, and skips what a checkpoint has done already. */
export class StageRunner {
  private readonly finished: { readonly record: StageRecord; readonly trained: FinishedWeights }[] = [];
  private unfinished: StageRecord | null = null;
  private readonly trainables = new Map<string, Param>();

  constructor(
    private readonly folder: RunFolder,
    private readonly seed: number,
    readonly engine: EngineOptions,
    private readonly options: Pick<TrainOptions, 'signal' | 'onProgress'>,
    private readonly checkpoint: Checkpoint,
  ) {}

  /** Trainable numbers in the stages so far; what two stages train is counted once. */
  get parameters(): number {
    return parameterCount([...this.trainables.values()]);
  }

  get records(): readonly StageRecord[] {
    const records = this.finished.map(({ record }) => record);
    return this.unfinished ? [...records, this.unfinished] : records;
  }

  /** Seconds that the finished stages took. */
  get seconds(): number {
    return this.finished.reduce((sum, { record }) => sum + record.seconds, 0);
  }

  /** @returns the trained weights, or null when training was interrupted (its state is saved then) */
  async run(stage: Stage, budget: Budget): Promise<TrainedWeights | null> {
    for (const param of stage.params) this.trainables.set(param.name, param);
    const before = this.checkpoint.finished[this.finished.length];
    if (before) {
      const { weights, averages } = before.trained;
      refuseOtherArrays(this.folder.checkpoint, stage, { weights, averages });
      this.finished.push(before);
      return { ...before.trained, shapes: shapesOf(stage) };
    }
    const start = await this.positionOf(stage);
    const end = await runStage(stage, this.seed, budget, this.engine, start, {
      signal: this.options.signal,
      onProgress: this.options.onProgress,
      onReport: (line) => this.folder.appendLog(line),
      saveCheckpoint: (position) => this.save(position),
    });
    if (end.interrupted) {
      this.unfinished = end.record;
      return null;
    }
    const { weights, averages } = end.best ?? end.state;
    const trained = { weights, averages };
    this.finished.push({ record: end.record, trained });
    return { ...trained, shapes: shapesOf(stage) };
  }

  private async positionOf(stage: Stage): Promise<StagePosition> {
    const { current } = this.checkpoint;
    const isBegun = current?.record.name === stage.name;
    if (isBegun) this.refuseOtherPosition(stage, current);
    const start = isBegun ? current : startOf(stage, this.seed);
    const finished = this.finished.map(({ record }) => record.name);
    await this.folder.trimLog(finished, stage.name, start.record.steps);
    return start;
  }

  private refuseOtherPosition(stage: Stage, { state, best }: StagePosition): void {
    const { weights, firstMoments, secondMoments, averages } = state;
    refuseOtherArrays(this.folder.checkpoint, stage, { weights, firstMoments, secondMoments, averages });
    if (best) {
      const kept = { weights: best.weights, averages: best.averages };
      refuseOtherArrays(this.folder.checkpoint, stage, kept);
    }
  }

  private save(current: StagePosition): Promise<void> {
    return writeCheckpoint(this.folder.checkpoint, { finished: this.finished, current });
  }
}

function shapesOf(stage: Stage): ReadonlyMap<string, readonly number[]> {
  return new Map(stage.params.map(({ name, tensor }) => [name, tensor.shape as readonly number[]]));
}
