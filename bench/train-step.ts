import type { EngineOptions } from '../src/engine/device.js';
import { multiplyAdds } from '../src/graph/multiply-adds.js';
import { sizeOf } from '../src/graph/tensor.js';
import { stepOutputs, TrainingStep } from '../src/graph/training-step.js';
import { Batches } from '../src/model/batches.js';
import { presets } from '../src/model/presets.js';
import type { Stage } from '../src/model/stage.js';
import { startOf, stepOptions } from '../src/model/training-loop.js';
import { measure } from './measure.js';
import type { BenchOptions } from './options.js';
import { MachineRates } from './rates.js';
import type { BenchResult } from './result.js';
import { pytorch } from './rival.js';
import { quantile, type Run, timed, timingOf } from './timing.js';
import { trainingStages } from './training-stages.js';

const CELLS = 1000;

/** A training step of each stage of a preset, the making of its batch included. */
export async function benchTrainStep(options: BenchOptions, folder: string): Promise<BenchResult[]> {
  const { device, threads } = options;
  const engine = { device, threads };
  const results: BenchResult[] = [];
  for (const stage of await trainingStages(options.preset, folder, CELLS, options.sizes)) {
    results.push(await benchStage(stage, options, engine));
  }
  return results;
}

async function benchStage(stage: Stage, options: BenchOptions, engine: EngineOptions): Promise<BenchResult> {
  const { preset, device, threads } = options;
  const { batchSize } = stage.recipe;
  const rates = await MachineRates.create(engine);
  const settings = stepOptions(stage);
  const stepper = await TrainingStep.compile(
    stage.loss,
    stage.params,
    settings,
    engine,
    startOf(stage, 0).state,
  );
  const rival = options.pytorch
    ? await pytorch(options.pytorch, preset, 'step', { device, threads, batch: batchSize })
    : null;
  const batches = new Batches(CELLS, batchSize, 0, stage.name);
  const [own, others]: [Run[], Run[]] = [[], []];
  let step = 0;
  let batchSeconds = 0;
  const takeStep = async () => {
    const begun = performance.now();
    const feeds = stage.feeds(batches.at(step), step);
    batchSeconds += (performance.now() - begun) / 1000;
    step++;
    await stepper.run(feeds);
  };
  const parameters = stage.params.reduce((sum, { tensor }) => sum + sizeOf(tensor.shape), 0);
  const arrays = settings.averageDecay === null ? 3 : 4;
  try {
    return await measure(
      {
        name: `train-step ${preset} ${stage.name}`,
        settings: { preset, stage: stage.name, batchSize, parameters, device, threads, ...options.sizes },
        runs: options.runs ?? (presets[preset].space === 'genes' ? 10 : 50),
        warmUp: true,
        run: async () => own.push(await timed(takeStep)),
        rest: async () => rival && others.push(await rival.run()),
        work: () => ({
          operations: 2 * multiplyAdds(Object.values(stepOutputs(stage.loss, stage.params, settings))),
          // Weights, moments and averages come in and go out; how fast a GPU moves them is not measured.
          bytes: device === 'cpu' ? 2 * 4 * arrays * parameters : 0,
          bandwidthOf: 'memory',
        }),
        figures: (median) => ({
          cellsPerSecond: batchSize / median,
          shareOfBatch: batchSeconds / step / median,
          ...(rival && beside(own.slice(1), others, rival.version)),
        }),
      },
      rates,
    );
  } finally {
    await rival?.stop();
    await stepper.close();
    await rates.close();
  }
}

/** PyTorch's figures, and how many times as long as ours its step takes: the median over pairs that ran one after the other. */
function beside(own: readonly Run[], others: readonly Run[], version: string): BenchResult['figures'] {
  const { medianSeconds, medianCpuSeconds, minSeconds, maxSeconds } = timingOf(others);
  const ratio = (of: (run: Run) => number) =>
    quantile(
      own.map((run, i) => of(others[i]) / of(run)),
      0.5,
    );
  return {
    pytorch: version,
    pytorchMedianSeconds: medianSeconds,
    pytorchMinSeconds: minSeconds,
    pytorchMaxSeconds: maxSeconds,
    pytorchMedianCpuSeconds: medianCpuSeconds,
    pytorchTimesOurs: ratio((run) => run.seconds),
    pytorchTimesOursCpu: ratio((run) => run.cpuSeconds),
  };
}
