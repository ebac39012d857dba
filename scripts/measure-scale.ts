/**
 * Time and memory of every command on simulated files of growing size, each in a process of its own: the table of docs/scale.md.
 *
 *   npm run compile && node build/scripts/measure-scale.js 10000 100000 1000000 -d FOLDER
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { peakMemory } from '../src/comparison/peak-memory.js';
import { evaluate } from '../src/model/evaluate.js';
import { generate } from '../src/model/generate.js';
import { inspect } from '../src/model/inspect.js';
import { split } from '../src/model/split.js';
import { train } from '../src/model/train.js';

const simulator = fileURLToPath(new URL('simulate-large.js', import.meta.url));
const own = fileURLToPath(import.meta.url);

/** Steps of each stage: enough for memory to have reached its height. */
const STEPS = 50;

/** What is measured, in the order in which each needs the ones before; all return a remark. */
const tasks: Readonly<Record<string, (folder: string, cells: number) => Promise<string>>> = {
  async inspect(folder) {
    const { cells, genes } = await inspect(join(folder, 'cells.h5ad'));
    return `${cells} x ${genes}`;
  },
  async split(folder) {
    const { train: training } = await split(join(folder, 'cells.h5ad'), {
      ...{ out: join(folder, 'parts'), force: true, testFraction: 0.1 },
    });
    return `${training.cells} training cells`;
  },
  async train(folder) {
    let first = Number.NaN;
    await train(join(folder, 'cells.h5ad'), {
      ...{ out: join(folder, 'run'), force: true, threads: 1, steps: STEPS, labelKeys: ['cell_type'] },
      onProgress: () => {
        if (Number.isNaN(first)) first = performance.now() / 1000;
      },
    });
    return `first step after ${first.toFixed(0)} s`;
  },
  async generate(folder, n) {
    const out = join(folder, 'generated.h5ad');
    const { seconds } = await generate(join(folder, 'run'), { out, n, threads: 1, force: true });
    return `${(n / seconds).toFixed(0)} cells/s`;
  },
  async evaluate(folder) {
    const { verdict } = await evaluate({
      ...{ real: join(folder, 'parts/test.h5ad'), train: join(folder, 'parts/train.h5ad') },
      ...{ generated: join(folder, 'generated.h5ad'), labelKey: 'cell_type', threads: 1 },
    });
    return verdict.level;
  },
};

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { directory: { type: 'string', short: 'd' }, task: { type: 'string' } },
});
const folder = values.directory ?? 'cellcrate-scale';
if (values.task === undefined) measureAll(positionals.map(Number));
else await measure(values.task, folder, Number(positionals[0]));

function measureAll(sizes: readonly number[]): void {
  console.log('| cells | command | time | processor | peak memory | |\n|---:|---|---:|---:|---:|---|');
  for (const cells of sizes) {
    const place = join(folder, String(cells));
    mkdirSync(place, { recursive: true });
    const file = join(place, 'cells.h5ad');
    if (!existsSync(file)) run([simulator, '--cells', String(cells), '-o', file], 'ignore');
    for (const task of Object.keys(tasks)) run([own, String(cells), '-d', place, '--task', task], 'inherit');
  }
}

function run(args: readonly string[], stdout: 'ignore' | 'inherit'): void {
  const { status } = spawnSync(process.execPath, args, { stdio: ['ignore', stdout, 'inherit'] });
  if (status !== 0) throw new Error(`${args.join(' ')} failed`);
}

async function measure(name: string, place: string, cells: number): Promise<void> {
  const remark = await tasks[name](place, cells);
  const { user, system } = process.cpuUsage();
  const columns = [
    cells.toLocaleString('en-US'),
    name,
    `${(performance.now() / 1000).toFixed(1)} s`,
    `${((user + system) / 1e6).toFixed(1)} s`,
    `${(peakMemory() / 2 ** 30).toFixed(2)} GiB`,
    remark,
  ];
  console.log(`| ${columns.join(' | ')} |`);
}
