/**
 * A task of bounded-memory.test.ts in a process of its own, `node task-on-disk.js TASK FOLDER CELLS`: prints the most memory
 * that it had, in bytes.
 */
import { join } from 'node:path';
import { peakMemory } from '../../src/comparison/peak-memory.js';
import { evaluate } from '../../src/model/evaluate.js';
import { generate } from '../../src/model/generate.js';
import { inspect } from '../../src/model/inspect.js';
import { split } from '../../src/model/split.js';
import { train } from '../../src/model/train.js';

/** Stored values above which cells lie on the disk. */
const MOST_IN_MEMORY = 2 ** 20;

const [task, folder, cells] = process.argv.slice(2);
const path = (name: string) => join(folder, name);
const data = path('data.h5ad');

const tasks: Readonly<Record<string, () => Promise<unknown>>> = {
  inspect: () => inspect(data),
  split: () => split(data, { out: path('parts'), testFraction: 0.1 }, MOST_IN_MEMORY),
  train: () => train(data, { out: path('run'), steps: 2, threads: 1 }, MOST_IN_MEMORY),
  generate: () =>
    generate(path('run'), { out: path('generated.h5ad'), n: Number(cells), fromPrior: true, threads: 1 }),
  evaluate: () =>
    evaluate(
      {
        ...{ real: path('parts/test.h5ad'), train: path('parts/train.h5ad') },
        ...{ generated: path('few.h5ad'), threads: 1 },
      },
      MOST_IN_MEMORY,
    ),
};

await tasks[task]();
console.log(peakMemory());
