/**
 * How real the cells of the default preset are: on each data set and seed it splits, trains, generates without labels, by
 * label and without the denoiser, evaluates, and writes the table of docs/results.md between its
 * markers. What is done already is not done again, so a run that was cut off goes on. Each process gets one thread and two run side
 * by side, unless told otherwise. What there is to compare with (scripts/fidelity-ways.ts) may be made with the first seeds alone.
 *
 *   npm run build && npm run compile && node build/scripts/reproduce-fidelity.js FOLDER [--seeds 3] [--reference-seeds 3] [--together 2] [SET ...]
 */
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { CellcrateError, FileError, OptionError } from '../src/errors.js';
import { writeFileAtomic } from '../src/io/atomic.js';
import { fidelityMarkdown, type Trial } from './fidelity-markdown.js';
import { fileNameOf, wayNames, ways } from './fidelity-ways.js';
import { replaceBetween } from './markdown.js';

const data = process.env.CELLCRATE_SHARED ?? join('..', 'shared');
/** The data sets and the obs column of their labels. */
const labelKeys: Readonly<Record<string, string>> = {
  paul15_native: 'paul15_clusters',
  human_kidney_2k: 'cell_type',
  cite_cbmc_2k: 'cell_type',
  worm_l2: 'cell_type',
  worm_embryo: 'cell_type',
  celllines5_celseq2: 'cell_line',
  mouse_villus_enterocytes: 'zone',
};
const results = join('docs', 'results.md');
/** An evaluation takes as many generated as held-out cells, 2,000 at most. */
const cells = '2000';

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    options: {
      seeds: { type: 'string', default: '3' },
      'reference-seeds': { type: 'string', default: '3' },
      together: { type: 'string', default: '2' },
    },
    allowPositionals: true,
  });
  const [folder, ...chosen] = positionals;
  if (folder === undefined)
    throw new OptionError('reproduce-fidelity', 'the folder is missing', 'FOLDER [SET ...]');
  if (!(Number(values.seeds) >= 1))
    throw new OptionError('--seeds', `${values.seeds} is not a number from 1 on`, 'Correct it');
  const sets = chosen.length > 0 ? chosen : Object.keys(labelKeys);
  const trials = Array.from({ length: Number(values.seeds) }, (_, seed) =>
    sets.map((set) => ({ set, seed, folder: join(folder, set, String(seed)) })),
  ).flat();
  const waiting = [...trials];
  const worker = async () => {
    for (let next = waiting.shift(); next; next = waiting.shift())
      await runTrial(next, next.seed < Number(values['reference-seeds']));
  };
  await Promise.all(Array.from({ length: Number(values.together) }, worker));
  const tables = fidelityMarkdown(
    trials.map(({ folder: _, ...trial }) => trial),
    folder,
  );
  await writeFileAtomic(results, replaceBetween(results, readFileSync(results, 'utf8'), 'fidelity', tables));
}

async function runTrial(
  { set, seed, folder }: Trial & { folder: string },
  withReferences: boolean,
): Promise<void> {
  const file = join(data, 'data', `${set}.h5ad`);
  const key = labelKeys[set];
  if (key === undefined)
    throw new OptionError('SET', `${set} is not known`, Object.keys(labelKeys).join(', '));
  if (!existsSync(file)) throw new FileError(file, 'does not exist', 'Set CELLCRATE_SHARED to its folder');
  mkdirSync(folder, { recursive: true });
  const at = (name: string) => join(folder, name);
  const [train, test] = [at('split/train.h5ad'), at('split/test.h5ad')];
  const all = ['--seed', String(seed), '--quiet'];
  const one = ['--threads', '1'];
  await once(train, ['split', file, '-o', at('split'), ...all]);
  for (const way of wayNames) {
    const { run: folderName, training, options, labelled, reference } = ways[way];
    if (reference && !withReferences) continue;
    const [name, run] = [fileNameOf(way), at(folderName)];
    const again = existsSync(join(run, 'config.json')) ? ['--resume'] : ['--force', ...training];
    const command = ['train', train, '-o', run, '--label-key', key, ...again];
    await once(join(run, 'model.safetensors'), [...command, ...all, ...one]);
    const generated = at(`${name}.h5ad`);
    await once(generated, ['generate', run, '-n', cells, '-o', generated, ...options, ...all, ...one]);
    await once(at(name), [
      ...['evaluate', '--real', test, '--generated', generated, '--train', train],
      ...(labelled ? ['--label-key', key] : []),
      ...['-o', at(name), ...all, ...one],
    ]);
  }
}

/** Runs a command of the tool, unless what it writes is there. */
async function once(written: string, args: readonly string[]): Promise<void> {
  if (existsSync(written)) return;
  const command = spawn(process.execPath, [join('dist', 'cli', 'main.js'), ...args], {
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const status = await new Promise((resolve) => command.on('close', resolve));
  if (status !== 0) throw new Error(`cellcrate ${args.join(' ')} ended with status ${status}`);
}

try {
  await main();
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = error instanceof CellcrateError ? error.exitStatus : 2;
}
