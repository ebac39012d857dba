import { statSync } from 'node:fs';
import { join } from 'node:path';
import { type SamplerName, samplerNames } from '../src/diffusion/timesteps.js';
import { generate } from '../src/model/generate.js';
import { denoiserCost, readoutCost } from '../src/model/model-cost.js';
import { readModel } from '../src/model/model-file.js';
import { presets } from '../src/model/presets.js';
import { evaluationsPerCell } from '../src/model/sampling.js';
import { train } from '../src/model/train.js';
import { measure } from './measure.js';
import type { BenchOptions } from './options.js';
import { MachineRates } from './rates.js';
import type { BenchResult } from './result.js';
import { pytorch } from './rival.js';
import { simulatedFile } from './simulated-file.js';
import { type Run, timingOf } from './timing.js';

/** Cells that a model learns from before it is timed: its weights matter little for the time, but for counts they do. */
const TRAINED_ON = 500;
const TRAINING_STEPS = { latent: 100, genes: 2 };
/** A full batch of a latent model, two of a model in gene space. */
const CELLS = { latent: 1024, genes: 64 };
/** Of `generate` in gene space, and so of its rival. */
const BATCH = 32;
const RUNS = 3;
/** Looks at every cell of the published loop, and of the shorter one that it is compared with. */
const PUBLISHED_LOOKS = { Ddpm1000: 1000, Ddim100: 100 };

/** `generate`, from the model's file to the .h5ad, with each sampler and the steps that it takes by default. */
export async function benchSample(options: BenchOptions, folder: string): Promise<BenchResult[]> {
  const { preset, device, threads } = options;
  // First, since it refuses models that PyTorch's script does not have.
  const rival = options.pytorch
    ? await pytorch(options.pytorch, preset, 'look', { device, threads, batch: BATCH })
    : null;
  const run = join(folder, 'run');
  const file = await simulatedFile(folder, TRAINED_ON);
  const decodes = presets[preset].space !== 'genes';
  const kind = decodes ? 'latent' : 'genes';
  await train(file, {
    out: run,
    preset,
    device,
    threads,
    steps: TRAINING_STEPS[kind],
    labelKeys: ['cell_type'],
  });
  const { description } = await readModel(join(run, 'model.safetensors'));
  const [n = CELLS[kind]] = options.cells;
  const perLook = denoiserCost(description.denoiser).multiplyAdds;
  const rates = await MachineRates.create({ device, threads }, folder);
  const results: BenchResult[] = [];
  // A thousand looks at every cell in gene space take hours.
  const usual = decodes ? samplerNames : (['dpmpp'] satisfies SamplerName[]);
  for (const sampler of options.sampler ? [options.sampler] : usual) {
    const out = join(folder, `${sampler}.h5ad`);
    let looks = 0;
    const looksOfRival: Run[] = [];
    let steps = 0;
    const onMessage = (line: string) => {
      steps = Number(/, (\d+) steps/.exec(line)?.[1] ?? steps);
    };
    const result = await measure(
      {
        name: `sample ${preset} ${sampler}`,
        settings: { preset, sampler, cells: n, device, threads },
        runs: options.runs ?? RUNS,
        warmUp: false,
        run: () => generate(run, { out, n, sampler, device, threads, force: true, onMessage }),
        rest: async () => rival && looksOfRival.push(await rival.run()),
        work: () => {
          const { labels, diffusion, sampling } = description;
          looks = evaluationsPerCell(labels.keys.length > 0, diffusion, { ...sampling, sampler, steps });
          return {
            operations: 2 * n * (looks * perLook + readoutCost(description.state)),
            bytes: statSync(out).size,
            bandwidthOf: 'file',
          };
        },
        figures: (median) => ({
          cellsPerSecond: n / median,
          looksPerCell: looks,
          ...(rival && published(looksOfRival, BATCH, n / median, rival.version)),
        }),
      },
      rates,
    );
    results.push(result);
  }
  await rival?.stop();
  await rates.close();
  return results;
}

/** Cells a second of the published loops in PyTorch, from single looks at a batch, and how many times as many ours are. */
function published(
  looks: readonly Run[],
  batch: number,
  cellsPerSecond: number,
  version: string,
): BenchResult['figures'] {
  const { medianSeconds } = timingOf(looks);
  const loops = Object.entries(PUBLISHED_LOOKS).flatMap(([name, count]) => {
    const rate = batch / (count * medianSeconds);
    return [
      [`pytorch${name}CellsPerSecond`, rate],
      [`oursTimes${name}`, cellsPerSecond / rate],
    ] as const;
  });
  return { pytorch: version, pytorchSecondsPerLook: medianSeconds, ...Object.fromEntries(loops) };
}
