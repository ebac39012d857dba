import type { EngineOptions } from '../engine/device.js';
import { CellcrateError } from '../errors.js';
import { adamW } from '../graph/optimiser.js';
import { initialState, type StepOptions, type TrainingState, TrainingStep } from '../graph/training-step.js';
import { initialWeights } from '../nn/params.js';
import { Batches } from './batches.js';
import { type BestSoFar, HeldOutWatch } from './held-out-watch.js';
import type { Stage } from './stage.js';
import type { TrainProgress } from './train-options.js';

/** When a stage ends: after so many steps, or after so many seconds. */
export type Budget =
  | { readonly kind: 'steps'; readonly steps: number }
  | { readonly kind: 'epochs'; readonly epochs: number }
  | { readonly kind: 'seconds'; readonly seconds: number };

/** What a stage has come to; goes into the checkpoint and the summary. */
export interface StageRecord {
  readonly name: string;
  /** Cells of a step. */
  readonly batchSize: number;
  readonly steps: number;
  /** Passes over the cells, the last one in part. */
  readonly epochs: number;
  /** Means over the first steps, and over those of the latest report. */
  readonly firstLoss: number | null;
  readonly finalLoss: number | null;
  /** The latest look at held-out cells that was as good as the best, and the lowest loss of such; null without them. */
  readonly heldOut: { readonly loss: number; readonly step: number; readonly lowest: number } | null;
  readonly seconds: number;
}

export interface StagePosition {
  readonly state: TrainingState;
  readonly best: BestSoFar | null;
  readonly record: StageRecord;
}

export interface LoopHooks {
  readonly signal: AbortSignal | undefined;
  readonly onProgress: ((progress: TrainProgress) => void) | undefined;
  /** Called at every report with a line for the log. */
  readonly onReport: (line: TrainProgress) => void;
  /** Called now and then, and when training is interrupted. */
  readonly saveCheckpoint: (position: StagePosition) => Promise<void>;
}

/** The loss became NaN or infinite, or grew far beyond what it was at first. */
export class DivergenceError extends CellcrateError {
  constructor(
    readonly stage: string,
    readonly step: number,
    /** Of the step, or the mean over the latest ones. */
    readonly loss: number,
    /** The step whose weights are in the checkpoint; null where none are. */
    readonly kept: number | null,
    learningRate: number,
  ) {
    const what = Number.isFinite(loss) ? `has grown to ${loss.toPrecision(3)}` : 'is not finite';
    const state = kept === null ? '' : `The weights of step ${kept} are kept in the checkpoint. `;
    super(
      `${stage}: the loss ${what} at step ${step}. ${state}Train anew with a lower --lr than ${learningRate}, and --force`,
    );
  }
}

const REPORT_STEPS = 10;
const REPORT_SECONDS = 1;
/** The first one comes with the first report: whatever happens then, there is something to go on with. */
const CHECKPOINT_SECONDS = 60;
/** So many times what the loss was at first, or 1 where that is less, is no learning any more. */
const MOST_GROWTH = 10;

export function startOf(stage: Stage, seed: number): StagePosition {
  const weights = new Map([...initialWeights(stage.params, seed), ...(stage.startingValues ?? [])]);
  const record = {
    name: stage.name,
    batchSize: stage.recipe.batchSize,
    steps: 0,
    epochs: 0,
    firstLoss: null,
    finalLoss: null,
    heldOut: null,
    seconds: 0,
  };
  return { state: initialState(weights, stepOptions(stage)), best: null, record };
}

/** Trains a stage from a position to the end of its budget, or to an interruption. */
export async function runStage(
  stage: Stage,
  seed: number,
  budget: Budget,
  engine: EngineOptions,
  start: StagePosition,
  hooks: LoopHooks,
): Promise<StagePosition & { readonly interrupted: boolean }> {
  const { batchSize } = stage.recipe;
  const batches = new Batches(stage.cells, batchSize, seed, stage.name);
  const limit = stepLimit(budget, batches.perEpoch, stage.mostSteps ?? Number.POSITIVE_INFINITY);
  const stepper = await TrainingStep.compile(
    stage.loss,
    stage.params,
    stepOptions(stage),
    engine,
    start.state,
  );
  const watch = stage.heldOut && (await HeldOutWatch.create(stage.heldOut, stage.params, engine, start.best));
  const begun = performance.now();
  const seconds = () => start.record.seconds + (performance.now() - begun) / 1000;
  const meter = new LossMeter();
  let { steps, firstLoss, finalLoss } = start.record;
  let lastCheckpoint = Number.NEGATIVE_INFINITY;
  let kept = start.record.steps > 0 ? start.record.steps : null;
  const diverged = (loss: number) => {
    const { learningRate } = stage.recipe;
    return new DivergenceError(stage.name, steps + (Number.isFinite(loss) ? 0 : 1), loss, kept, learningRate);
  };
  const position = async (): Promise<StagePosition> => ({
    state: await stepper.state(),
    best: watch?.bestSoFar ?? null,
    record: {
      ...{ name: stage.name, batchSize, steps, epochs: steps / batches.perEpoch, firstLoss, finalLoss },
      ...{ heldOut: bestLook(watch), seconds: seconds() },
    },
  });
  let lastLook: number | null = null;
  const isSpent = () =>
    steps > 0 && (steps >= limit || (budget.kind === 'seconds' && seconds() >= budget.seconds));
  const isDone = () => isSpent() || (watch?.isInVain(steps) ?? false);
  try {
    while (!isDone() && !hooks.signal?.aborted) {
      const loss = await stepper.run(stage.feeds(batches.at(steps), steps));
      if (!Number.isFinite(loss)) throw diverged(loss);
      steps++;
      meter.add(loss);
      if (watch && (watch.isDue(steps) || isSpent())) lastLook = await watch.look(await stepper.state());
      const progress = { ...progressAt(stage.name, steps, limit, budget, seconds()), loss: meter.mean() };
      const line = {
        ...progress,
        epoch: batches.epochOf(steps - 1) + 1,
        cellsPerSecond: meter.rate() * batchSize,
        ...(lastLook !== null && { heldOutLoss: lastLook }),
      };
      hooks.onProgress?.(line);
      if (steps >= REPORT_STEPS || isDone()) firstLoss ??= meter.mean();
      const isReported = meter.isFull() || isDone();
      if (isReported) {
        finalLoss = meter.mean();
        if (hasExploded(finalLoss, firstLoss)) throw diverged(finalLoss);
        hooks.onReport(line);
        meter.restart();
      }
      if (isReported && !isDone() && seconds() - lastCheckpoint >= CHECKPOINT_SECONDS) {
        await hooks.saveCheckpoint(await position());
        lastCheckpoint = seconds();
        kept = steps;
      }
    }
    const reached = await position();
    const interrupted = !isDone();
    if (interrupted) await hooks.saveCheckpoint(reached);
    return { ...reached, interrupted };
  } finally {
    await stepper.close();
    await watch?.close();
  }
}

function hasExploded(loss: number, first: number | null): boolean {
  return first !== null && loss - first > MOST_GROWTH * Math.max(Math.abs(first), 1);
}

function bestLook(watch: HeldOutWatch | null): StageRecord['heldOut'] {
  const best = watch?.bestSoFar;
  return best ? { loss: best.loss, step: best.step, lowest: best.lowest } : null;
}

/** Infinite where time alone limits them. */
function stepLimit(budget: Budget, perEpoch: number, most: number): number {
  if (budget.kind === 'steps') return Math.min(budget.steps, most);
  if (budget.kind === 'epochs') return Math.min(Math.max(1, Math.ceil(budget.epochs * perEpoch)), most);
  return most;
}

function progressAt(stage: string, step: number, limit: number, budget: Budget, elapsed: number) {
  const isTimed = budget.kind === 'seconds';
  // A stage before may have spent the time of this one.
  const ofTime = isTimed ? elapsed / Math.max(budget.seconds, 1e-9) : 0;
  const share = Math.min(1, Math.max(step / limit, ofTime));
  const etaSeconds = elapsed / share - elapsed;
  const steps = isTimed ? null : limit;
  return { stage, step, steps, elapsedSeconds: elapsed, etaSeconds };
}

/** How the optimiser of a stage is set. */
export function stepOptions({ recipe }: Stage): StepOptions {
  const { learningRate, weightDecay, averageDecay, warmupSteps } = recipe;
  return { optimiser: { ...adamW, learningRate, weightDecay }, averageDecay, warmupSteps };
}

/** Mean loss and speed since the last report. */
class LossMeter {
  private sum = 0;
  private steps = 0;
  private begun = performance.now();

  add(loss: number): void {
    this.sum += loss;
    this.steps++;
  }

  mean(): number {
    return this.sum / this.steps;
  }

  /** Steps a second. */
  rate(): number {
    return this.steps / Math.max(this.seconds(), 1e-9);
  }

  isFull(): boolean {
    return this.steps >= REPORT_STEPS && this.seconds() >= REPORT_SECONDS;
  }

  restart(): void {
    this.sum = 0;
    this.steps = 0;
    this.begun = performance.now();
  }

  private seconds(): number {
    return (performance.now() - this.begun) / 1000;
  }
}
