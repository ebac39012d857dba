import { statSync } from 'node:fs';
import { join } from 'node:path';
import { multiplyAdds } from '../src/graph/multiply-adds.js';
import { stepOutputs } from '../src/graph/training-step.js';
import { evaluate } from '../src/model/evaluate.js';
import { generate } from '../src/model/generate.js';
import { denoiserCost, readoutCost } from '../src/model/model-cost.js';
import { readModel } from '../src/model/model-file.js';
import { evaluationsPerCell } from '../src/model/sampling.js';
import { split } from '../src/model/split.js';
import { train } from '../src/model/train.js';
import { stepOptions } from '../src/model/training-loop.js';
import { measure } from './measure.js';
import type { BenchOptions } from './options.js';
import { MachineRates } from './rates.js';
import type { BenchResult } from './result.js';
import { simulatedFile } from './simulated-file.js';
import { quantile } from './timing.js';
import { trainingStages } from './training-stages.js';

const CELLS = 2000;
const GENERATED = 500;
const RUNS = 3;

/** All that a user does: split, train (`--steps` a stage), generate 500 cells, evaluate. */
export async function benchPipeline(options: BenchOptions, folder: string): Promise<BenchResult[]> {
  const { preset, threads, steps } = options;
  const [cells = CELLS] = options.cells;
  const file = await simulatedFile(folder, cells);
  const parts = join(folder, 'parts');
  const run = join(folder, 'run');
  const out = join(folder, 'generated.h5ad');
  const [real, learned] = [join(parts, 'test.h5ad'), join(parts, 'train.h5ad')];
  const labelKey = 'cell_type';
  const tasks: readonly (readonly [string, () => Promise<unknown>])[] = [
    ['split', () => split(file, { out: parts, labelKey, force: true })],
    ['train', () => train(learned, { out: run, preset, steps, threads, labelKeys: [labelKey], force: true })],
    ['generate', () => generate(run, { out, n: GENERATED, threads, force: true })],
    ['evaluate', () => evaluate({ real, generated: out, train: learned, labelKey, threads })],
  ];
  const seconds = new Map<string, number[]>(tasks.map(([name]) => [name, []]));
  const rates = await MachineRates.create({ device: 'cpu', threads }, folder);
  const training = await trainingOperations(options, folder, cells);
  let generating = 0;
  const result = await measure(
    {
      name: `pipeline ${preset}`,
      settings: { preset, cells, steps, generated: GENERATED, threads },
      runs: options.runs ?? RUNS,
      warmUp: false,
      run: async () => {
        for (const [name, task] of tasks) {
          const begun = performance.now();
          await task();
          seconds.get(name)!.push((performance.now() - begun) / 1000);
        }
      },
      rest: async () => {
        generating = await generatingOperations(run);
      },
      work: () => ({
        operations: training + generating,
        bytes: [file, real, learned, out].reduce((sum, path) => sum + statSync(path).size, 0),
        bandwidthOf: 'file',
      }),
      figures: () =>
        Object.fromEntries([...seconds].map(([name, all]) => [`${name}MedianSeconds`, quantile(all, 0.5)])),
    },
    rates,
  );
  await rates.close();
  return [result];
}

/** Of as many steps as each stage takes at most; it may stop earlier. */
async function trainingOperations(
  { preset, steps }: BenchOptions,
  folder: string,
  cells: number,
): Promise<number> {
  const stages = await trainingStages(preset, folder, cells);
  const perStep = stages.map((stage) =>
    multiplyAdds(Object.values(stepOutputs(stage.loss, stage.params, stepOptions(stage)))),
  );
  return 2 * steps * perStep.reduce((sum, count) => sum + count, 0);
}

async function generatingOperations(run: string): Promise<number> {
  const { description } = await readModel(join(run, 'model.safetensors'));
  const { denoiser, state, sampling, labels, diffusion } = description;
  const looks = evaluationsPerCell(labels.keys.length > 0, diffusion, sampling);
  return 2 * GENERATED * (looks * denoiserCost(denoiser).multiplyAdds + readoutCost(state));
}
