import { statSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { deflateSync } from 'node:zlib';
import { simulate } from '../scripts/simulate-cells.js';
import type { CsrMatrix } from '../src/io/anndata.js';
import { readH5ad } from '../src/io/read.js';
import { writeH5adInBlocks } from '../src/io/write.js';
import { measure } from './measure.js';
import type { BenchOptions } from './options.js';
import { MachineRates } from './rates.js';
import type { BenchResult } from './result.js';
import { h5py, type Rival } from './rival.js';
import { GENES, simulatedBlocks } from './simulated-file.js';
import { type Run, timingOf } from './timing.js';

const CELLS = [10_000, 100_000];
/** Larger sets repeat these. */
const DRAWN = 10_000;
const RUNS = 3;

/** Writing counts as gzipped CSR, and reading them back whole. */
export async function benchIo(options: BenchOptions, folder: string): Promise<BenchResult[]> {
  const results: BenchResult[] = [];
  for (const cells of options.cells.length > 0 ? options.cells : CELLS) {
    const blocks = simulatedBlocks(cells, DRAWN);
    const stored = blocks.reduce((sum, { data }) => sum + data.length, 0);
    const { var: genes } = simulate(1, GENES, 1).annotation;
    const obs = { index: Array.from({ length: cells }, (_, i) => `cell${i}`), columns: new Map() };
    const file = join(folder, `io-${cells}.h5ad`);
    const rates = await MachineRates.create({ device: 'cpu', threads: 1 }, folder);
    const tasks = {
      write: () =>
        writeH5adInBlocks(
          file,
          { obs, var: genes },
          blocks.map((X) => ({ X })),
          { force: true },
        ),
      read: () => readH5ad(file),
    };
    for (const [name, run] of Object.entries(tasks) as ['write' | 'read', () => Promise<unknown>][]) {
      let rival = null as Rival | null;
      const others: Run[] = [];
      const result = await measure(
        {
          name: `io ${name} ${cells}`,
          // Arrays are packed and unpacked on Node's pool of four.
          settings: { cells, genes: GENES, stored, threads: Math.min(4, availableParallelism()) },
          runs: options.runs ?? RUNS,
          warmUp: false,
          run,
          rest: async () => {
            if (options.h5py === null) return;
            rival ??= await h5py(options.h5py, name, file, join(folder, 'copy.h5ad'));
            others.push(await rival.run());
          },
          work: () => ({ operations: 0, bytes: statSync(file).size, bandwidthOf: 'file' }),
          figures: (median, medianCpu) => ({
            cellsPerSecond: cells / median,
            // Values as float32 and columns as int32.
            megabytesPerSecond: (8 * stored) / 1e6 / median,
            ...(name === 'write' && { deflateCpuSeconds: deflateCpuSeconds(blocks) }),
            ...(rival && beside(others, median, medianCpu, rival.version)),
          }),
        },
        rates,
      );
      await rival?.stop();
      results.push(result);
    }
    await rates.close();
  }
  return results;
}

function beside(
  others: readonly Run[],
  median: number,
  medianCpu: number,
  version: string,
): BenchResult['figures'] {
  const { medianSeconds, medianCpuSeconds } = timingOf(others);
  return {
    ...{ h5py: version, h5pyMedianSeconds: medianSeconds, h5pyTimesOurs: medianSeconds / median },
    h5pyTimesOursCpu: medianCpuSeconds / medianCpu,
  };
}

/** Processor time of compressing these numbers, at the level that our files have. */
function deflateCpuSeconds(blocks: readonly CsrMatrix[]): number {
  const before = process.cpuUsage();
  for (const { data, indices } of blocks) {
    for (const { buffer, byteOffset, byteLength } of [data, indices]) {
      deflateSync(new Uint8Array(buffer, byteOffset, byteLength), { level: 4 });
    }
  }
  return process.cpuUsage(before).user / 1e6;
}
