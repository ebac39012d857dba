import { embedScores } from '../src/embedding/embed-scores.js';
import { stream } from '../src/random/stream.js';
import { measure } from './measure.js';
import type { BenchOptions } from './options.js';
import { MachineRates } from './rates.js';
import type { BenchResult } from './result.js';

const CELLS = [2000, 10_000];
const COMPONENTS = 30;
const CLUSTERS = 10;
const ITERATIONS = 1000;
const RUNS = 3;

/** Neighbours and 1,000 steps of t-SNE at perplexity 30. */
export async function benchTsne(options: BenchOptions): Promise<BenchResult[]> {
  const { threads } = options;
  const results: BenchResult[] = [];
  for (const cells of options.cells.length > 0 ? options.cells : CELLS) {
    const rates = await MachineRates.create({ device: 'cpu', threads });
    const scores = clusteredScores(cells);
    const result = await measure(
      {
        name: `tsne ${cells}`,
        settings: { cells, components: COMPONENTS, threads },
        runs: options.runs ?? RUNS,
        warmUp: false,
        run: () => embedScores(scores, { method: 'tsne', threads }),
        work: () => ({
          // Distances between all pairs; the forces of the steps, about n log n, come on top.
          operations: 2 * cells ** 2 * COMPONENTS,
          // Coordinates, gains and velocities come in and go out at every step.
          bytes: ITERATIONS * cells * 2 * 3 * 2 * 4,
          bandwidthOf: 'memory',
        }),
      },
      rates,
    );
    results.push(result);
    await rates.close();
  }
  return results;
}

/** Normal clouds about centres three deviations from the origin, the way cell types lie on principal components. */
function clusteredScores(cells: number) {
  const data = new Float32Array(cells * COMPONENTS);
  const centres = new Float32Array(CLUSTERS * COMPONENTS);
  stream(1, 'centres').fillNormal(centres);
  stream(1, 'cells').fillNormal(data);
  for (let cell = 0; cell < cells; cell++) {
    for (let k = 0; k < COMPONENTS; k++) {
      data[cell * COMPONENTS + k] += 3 * centres[(cell % CLUSTERS) * COMPONENTS + k];
    }
  }
  return { format: 'dense', rows: cells, cols: COMPONENTS, data } as const;
}
