import { statSync } from 'node:fs';
import { join } from 'node:path';
import { multiplyAdds } from '../src/graph/multiply-adds.js';
import { stepOutputs } from '../src/graph/training-step.js';
import type { PresetName } from '../src/model/description.js';
import { evaluate } from '../src/model/evaluate.js';
import { generate } from '../src/model/generate.js';
import { denoiserCost, readoutCost } from '../src/model/model-cost.js';
import { readModel } from '../src/model/model-file.js';
import { evaluationsPerCell } from '../src/model/sampling.js';
import { split } from '../src/model/split.js';
import { type TrainSummary, train } from '../src/model/train.js';
import { stepOptions } from '../src/model/training-loop.js';
import { writeReport } from '../src/report/write-report.js';
import { measure } from './measure.js';
import type { BenchOptions } from './options.js';
import { MachineRates } from './rates.js';
import type { BenchResult } from './result.js';
import { simulatedFile } from './simulated-file.js';
import { quantile } from './timing.js';
import { trainingStages } from './training-stages.js';

const CELLS = 5000;
const RUNS = 1;

/** What the last run of the whole job came to. */
interface Job {
  readonly stages: TrainSummary['stages'];
  readonly generated: number;
}

/** All that a user does: split, train until it stops, generate as many cells as it learned from, evaluate, with a report. */
export async function benchPipeline(options: BenchOptions, folder: string): Promise<BenchResult[]> {
  const { preset, threads, steps } = options;
  const [cells = CELLS] = options.cells;
  const file = await simulatedFile(folder, cells);
  const parts = join(folder, 'parts');
  const run = join(folder, 'run');
  const out = join(folder, 'generated.h5ad');
  const [real, learned] = [join(parts, 'test.h5ad'), join(parts, 'train.h5ad')];
  const labelKey = 'cell_type';
  const budget = steps === null ? {} : { steps };
  const seconds = new Map<string, number[]>();
  const timed = async <T>(name: string, task: () => Promise<T>): Promise<T> => {
    const begun = performance.now();
    const result = await task();
    seconds.set(name, [...(seconds.get(name) ?? []), (performance.now() - begun) / 1000]);
    return result;
  };
  let job: Job = { stages: [], generated: 0 };
  const rates = await MachineRates.create({ device: 'cpu', threads }, folder);
  let operations = 0;
  const result = await measure(
    {
      name: `pipeline ${preset}`,
      settings: { preset, cells, steps: steps ?? 'until it stops', threads },
      runs: options.runs ?? RUNS,
      warmUp: false,
      run: async () => {
        const { train: whole } = await timed('split', () =>
          split(file, { out: parts, labelKey, force: true }),
        );
        const training = { out: run, preset, threads, labelKeys: [labelKey], force: true, ...budget };
        const { stages } = await timed('train', () => train(learned, training));
        await timed('generate', () => generate(run, { out, n: whole.cells, threads, force: true }));
        const evaluation = await timed('evaluate', () =>
          evaluate({ real, generated: out, train: learned, labelKey, threads }),
        );
        await timed('report', () => writeReport(join(folder, 'report'), evaluation));
        job = { stages, generated: whole.cells };
      },
      rest: async () => {
        operations = (await trainingOperations(preset, job, folder)) + (await generatingOperations(run, job));
      },
      work: () => ({
        operations,
        bytes: [file, real, learned, out].reduce((sum, path) => sum + statSync(path).size, 0),
        bandwidthOf: 'file',
      }),
      figures: () => ({
        generated: job.generated,
        ...Object.fromEntries(job.stages.map((stage) => [`${stage.name}Steps`, stage.steps])),
        ...Object.fromEntries(job.stages.map((stage) => [`${stage.name}Seconds`, stage.seconds])),
        ...Object.fromEntries(
          [...seconds].map(([name, all]) => [`${name}MedianSeconds`, quantile(all, 0.5)]),
        ),
      }),
    },
    rates,
  );
  await rates.close();
  return [result];
}

/** Of the steps that were taken; on as many cells, since the model's size goes by them. */
async function trainingOperations(preset: PresetName, job: Job, folder: string): Promise<number> {
  const stages = await trainingStages(preset, folder, job.generated);
  return stages.reduce((total, stage) => {
    const perStep = multiplyAdds(Object.values(stepOutputs(stage.loss, stage.params, stepOptions(stage))));
    // The decoder's step on all cells is that of the decoder.
    const names = [stage.name, `${stage.name}-all`];
    const taken = job.stages
      .filter(({ name }) => names.includes(name))
      .reduce((sum, { steps }) => sum + steps, 0);
    return total + 2 * perStep * taken;
  }, 0);
}

async function generatingOperations(run: string, { generated }: Job): Promise<number> {
  const { description } = await readModel(join(run, 'model.safetensors'));
  const { denoiser, state, sampling, labels, diffusion } = description;
  const looks = evaluationsPerCell(labels.keys.length > 0, diffusion, sampling);
  return 2 * generated * (looks * denoiserCost(denoiser).multiplyAdds + readoutCost(state));
}
