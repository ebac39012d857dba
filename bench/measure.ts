import { peakMemory } from '../src/comparison/peak-memory.js';
import type { MachineRates } from './rates.js';
import type { BenchResult, Floor } from './result.js';
import { type Run, timed, timingOf } from './timing.js';

export interface Task {
  readonly name: string;
  readonly settings: BenchResult['settings'];
  readonly runs: number;
  /** Done once before, unless it takes so long that the first time does not matter. */
  readonly warmUp: boolean;
  readonly run: () => unknown;
  /** Between two runs. */
  readonly rest?: () => unknown;
  /** What the task needs at least; asked for after the runs. */
  readonly work: () => Pick<Floor, 'operations' | 'bytes' | 'bandwidthOf'>;
  readonly figures?: (medianSeconds: number, medianCpuSeconds: number) => BenchResult['figures'];
}

/** Runs a task in turn with samples of the machine's rates. */
export async function measure(task: Task, rates: MachineRates): Promise<BenchResult> {
  if (task.warmUp) await task.run();
  const runs: Run[] = [];
  for (let i = 0; i < task.runs; i++) {
    await rates.sample();
    runs.push(await timed(task.run));
    await task.rest?.();
  }
  await rates.sample();
  const timing = timingOf(runs);
  const floor = rates.floor(task.work());
  return {
    name: task.name,
    settings: task.settings,
    ...timing,
    peakMemoryBytes: peakMemory(),
    floor,
    timesFloor: timing.medianSeconds / floor.seconds,
    timesFloorCpu: floor.cpuSeconds === null ? null : timing.medianCpuSeconds / floor.cpuSeconds,
    figures: task.figures?.(timing.medianSeconds, timing.medianCpuSeconds) ?? {},
  };
}
