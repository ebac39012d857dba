/**
 * Times a task on simulated data beside its floor: `npm run bench -- NAME [--json]`. docs/performance.md says what is in
 * the figures.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CellcrateError, OptionError } from '../src/errors.js';
import { benchGrowth } from './growth.js';
import { benchIo } from './io.js';
import { benchMetrics } from './metrics.js';
import { type BenchOptions, benchOptions, usage } from './options.js';
import { benchPipeline } from './pipeline.js';
import type { BenchResult } from './result.js';
import { benchSample } from './sample.js';
import { tableOf } from './table.js';
import { benchTrainStep } from './train-step.js';
import { benchTsne } from './tsne.js';

const tasks: Readonly<Record<string, (options: BenchOptions, folder: string) => Promise<BenchResult[]>>> = {
  'train-step': benchTrainStep,
  sample: benchSample,
  io: benchIo,
  metrics: benchMetrics,
  tsne: benchTsne,
  pipeline: benchPipeline,
  growth: benchGrowth,
};

async function main(): Promise<void> {
  const options = benchOptions(process.argv.slice(2));
  const task = tasks[options.name];
  if (task === undefined) throw new OptionError('NAME', `'${options.name}' is no task`, usage);
  const folder = mkdtempSync(join(tmpdir(), 'cellcrate-bench-'));
  try {
    const results = await task(options, folder);
    console.log(options.json ? JSON.stringify(results, null, 2) : tableOf(results));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

try {
  await main();
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = error instanceof CellcrateError ? error.exitStatus : 2;
}
