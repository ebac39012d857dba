import { statSync } from 'node:fs';
import { evaluate } from '../src/model/evaluate.js';
import { measure } from './measure.js';
import type { BenchOptions } from './options.js';
import { MachineRates } from './rates.js';
import type { BenchResult } from './result.js';
import { simulatedFile } from './simulated-file.js';

const CELLS = 1000;
/** Training cells, two simple generators and the generated cells, each beside the held-out ones. */
const SERIES = 4;
const COMPONENTS = 30;
const RUNS = 3;

/** `evaluate` with training cells; three seeds of one simulated tissue stand for the three files. */
export async function benchMetrics(options: BenchOptions, folder: string): Promise<BenchResult[]> {
  const { threads } = options;
  const [cells = CELLS] = options.cells;
  const [real, generated, train] = [
    await simulatedFile(folder, cells, 1),
    await simulatedFile(folder, cells, 2),
    await simulatedFile(folder, cells, 3),
  ];
  const rates = await MachineRates.create({ device: 'cpu', threads }, folder);
  const result = await measure(
    {
      name: `metrics ${cells}`,
      settings: { cells, threads },
      runs: options.runs ?? RUNS,
      warmUp: false,
      run: () => evaluate({ real, generated, train, labelKey: 'cell_type', threads }),
      work: () => ({
        // Distances between all pairs of a pooled pair of sets, once a series: forests and regressions come on top.
        operations: 2 * SERIES * (2 * cells) ** 2 * COMPONENTS,
        bytes: [real, generated, train].reduce((sum, file) => sum + statSync(file).size, 0),
        bandwidthOf: 'file',
      }),
    },
    rates,
  );
  await rates.close();
  return [result];
}
