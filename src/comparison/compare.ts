import { availableParallelism, cpus, totalmem, type } from 'node:os';
import { CellcrateError } from '../errors.js';
import { lockFolder } from '../io/folder-lock.js';
import { figureCatalogue } from '../metrics/figures.js';
import type {
  Comparison,
  ComparisonPlan,
  DataSetComparison,
  Machine,
  SplitRecord,
  Trial,
  TrialResult,
} from './comparison.js';
import { ComparisonFolder } from './comparison-folder.js';
import { beginOrGoOn, type PlanOptions, planOf, trialsOf } from './plan.js';
import { RemainingTime } from './remaining-time.js';
import { TaskError } from './run-apart.js';
import { runTrial, type TrialPart } from './run-trial.js';
import { splitOnce } from './split-once.js';
import { type TaskProgress, taskProgress } from './trial-task.js';
import { type RealFigures, type Yardstick, yardstickOf } from './yardstick.js';

export interface CompareOptions extends PlanOptions {
  /** Folder of the comparison; one that was cut off goes on. */
  readonly out: string;
  /** Begin anew where there is a comparison. */
  readonly force?: boolean;
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: CompareProgress) => void;
  /** Told of each trial before it begins, and of one that fails. */
  readonly onMessage?: (line: CompareMessage) => void;
}

export interface CompareProgress extends TaskProgress {
  /** What is being done; 'control': real cells and simple generators are measured. */
  readonly part: TrialPart | 'control';
  /** Of all trials that are left; null while nothing tells. */
  readonly remainingSeconds: number | null;
}

export type CompareMessage =
  | { readonly kind: 'goes on'; readonly done: number; readonly trials: number }
  | {
      readonly kind: 'trial';
      readonly trial: Trial;
      /** Its number, from 1. */
      readonly number: number;
      readonly trials: number;
      readonly left: number;
      readonly remainingSeconds: number | null;
    }
  | { readonly kind: 'failed'; readonly trial: Trial; readonly message: string; readonly folder: string };

/**
 * Trains every model under every budget and seed on every data set, one at a time, generates as many cells as are held
 * out and measures them as `evaluate` does. What is done lies in the folder and is not done again. A trial that fails is
 * recorded, and the rest goes on.
 * @returns what there is, after an interruption too: then `left` is above 0
 * @throws FileError, DataError, OptionError: for what keeps all models from a data set, before the first trial
 */
export async function compare(options: CompareOptions): Promise<Comparison> {
  const plan = await planOf(options);
  const release = lockFolder(options.out);
  try {
    return await compareAlone(plan, options);
  } finally {
    release();
  }
}

async function compareAlone(plan: ComparisonPlan, options: CompareOptions): Promise<Comparison> {
  const folder = new ComparisonFolder(options.out);
  const { goesOn, machine } = beginOrGoOn(folder, plan, thisMachine(), options.force ?? false);
  const splits = new Map<string, SplitRecord>();
  try {
    for (const { name, file } of plan.dataSets) {
      if (options.signal?.aborted) return gather(folder, plan, machine);
      splits.set(name, await splitOnce(file, folder.dataSet(name), plan));
    }
  } catch (error) {
    // Nothing to go on with: what was there comes back.
    if (!goesOn) folder.replacement.withdraw();
    throw error;
  }
  folder.replacement.discard();
  await new Trials(folder, plan, splits, options).run(goesOn);
  return gather(folder, plan, machine);
}

class Trials {
  readonly #time = new RemainingTime();
  readonly #all: readonly Trial[];
  #yardstick: { readonly dataSet: string; readonly yardstick: Yardstick } | null = null;

  constructor(
    private readonly folder: ComparisonFolder,
    private readonly plan: ComparisonPlan,
    private readonly splits: ReadonlyMap<string, SplitRecord>,
    private readonly options: Pick<CompareOptions, 'signal' | 'onProgress' | 'onMessage'>,
  ) {
    this.#all = trialsOf(plan);
  }

  async run(goesOn: boolean): Promise<void> {
    const { onMessage, signal } = this.options;
    const left = this.#all.filter((trial) => {
      const result = resultOf(this.folder, trial);
      if (result?.outcome === 'finished') this.#time.learn(trial, result.seconds);
      return result === null;
    });
    const trials = this.#all.length;
    if (goesOn) onMessage?.({ kind: 'goes on', done: trials - left.length, trials });
    for (let i = 0; i < left.length && !signal?.aborted; i++) {
      const rest = left.slice(i);
      onMessage?.({
        ...{ kind: 'trial', trial: left[i], number: this.#all.indexOf(left[i]) + 1, trials },
        ...{ left: rest.length, remainingSeconds: this.#time.of(rest) },
      });
      await this.#runOne(rest);
    }
  }

  async #runOne([trial, ...later]: readonly Trial[]): Promise<void> {
    const { plan, folder } = this;
    const { signal } = this.options;
    const folders = { dataSet: folder.dataSet(trial.dataSet), trial: folder.trial(trial) };
    const begun = performance.now();
    const expected = this.#time.of([trial]);
    const tell = (part: CompareProgress['part'], progress: TaskProgress): void => {
      const [ofThis, ofLater] = [expected, this.#time.of(later)];
      const gone = (performance.now() - begun) / 1000;
      const remainingSeconds =
        ofThis === null || ofLater === null ? null : Math.max(0, ofThis - gone) + ofLater;
      this.options.onProgress?.({ part, ...progress, remainingSeconds });
    };
    const split = this.splits.get(trial.dataSet)!;
    let result: TrialResult | null;
    try {
      result = await runTrial(trial, { plan, split }, folders, () => this.#yardstickOf(trial, tell), {
        ...{ signal, onProgress: tell },
      });
    } catch (error) {
      if (signal?.aborted) return;
      // What is wrong with the options or the moment is no fault of the model.
      if (!(error instanceof CellcrateError) || (error instanceof TaskError && !error.ofModel)) throw error;
      result = { ...trial, outcome: 'failed', message: error.message };
      this.options.onMessage?.({ kind: 'failed', trial, message: error.message, folder: folders.trial.path });
    }
    if (result === null) return;
    await folders.trial.file<TrialResult>('result.json').write(result);
    if (result.outcome === 'finished') {
      this.#time.learn(trial, result.seconds);
      folders.trial.dropWeights();
    }
  }

  /** One data set's is kept at a time. */
  async #yardstickOf(
    { dataSet }: Trial,
    tell: (part: 'control', progress: TaskProgress) => void,
  ): Promise<Yardstick> {
    if (this.#yardstick?.dataSet !== dataSet) {
      const { seed, threads } = this.plan;
      const yardstick = await yardstickOf(this.folder.dataSet(dataSet), this.splits.get(dataSet)!, {
        ...{ seed, threads, signal: this.options.signal },
        onProgress: (progress) => tell('control', taskProgress(progress)),
      });
      this.#yardstick = { dataSet, yardstick };
    }
    return this.#yardstick.yardstick;
  }
}

function resultOf(folder: ComparisonFolder, trial: Trial): TrialResult | null {
  const file = folder.trial(trial).file<TrialResult>('result.json');
  return file.exists ? file.read() : null;
}

/** All that the folder holds by now. */
function gather(folder: ComparisonFolder, plan: ComparisonPlan, machine: Machine): Comparison {
  const results = trialsOf(plan).map((trial) => resultOf(folder, trial));
  const done = results.filter((result) => result !== null);
  const dataSets = plan.dataSets.flatMap(({ name }): DataSetComparison[] => {
    const own = folder.dataSet(name);
    const split = own.file<SplitRecord>('split.json');
    if (!split.exists) return [];
    const real = own.file<RealFigures>('real.json');
    const { control, baselines } = real.exists ? real.read() : { control: null, baselines: [] };
    const trials = done.filter(({ dataSet }) => dataSet === name);
    return [{ name, split: split.read(), control, baselines, trials }];
  });
  const measured = dataSets.flatMap(({ control, trials }) => [
    ...(control === null ? [] : [control.figures]),
    ...trials.flatMap((trial) => (trial.outcome === 'finished' ? [trial.figures] : [])),
  ]);
  return {
    ...{ plan, machine, dataSets, left: results.length - done.length },
    figures: figureCatalogue.filter(({ key }) => measured.some((figures) => figures[key] !== undefined)),
  };
}

function thisMachine(): Machine {
  return {
    processor: cpus()[0]?.model.trim() ?? 'unknown',
    processors: availableParallelism(),
    memory: totalmem(),
    system: `${type()} ${process.arch}`,
    node: process.version,
  };
}
