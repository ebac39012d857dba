/**
 * The experiment of arXiv 2411.06785 on six public data sets: runs `cellcrate compare`, or goes on with it, and writes its
 * tables into docs/results.md between their markers. What follows the folder are options of compare.
 *
 *   npm run build && npm run compile && node build/scripts/reproduce-comparison.js FOLDER [--budget minutes=5 ...]
 */
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { Comparison } from '../src/comparison/comparison.js';
import { CellcrateError, FileError, OptionError } from '../src/errors.js';
import { writeFileAtomic } from '../src/io/atomic.js';
import { comparisonMarkdown } from './comparison-markdown.js';
import { replaceBetween } from './markdown.js';

const data = process.env.CELLCRATE_SHARED ?? join('..', 'shared');
const sets = [
  'paul15_native',
  'human_kidney_2k',
  'worm_embryo',
  'celllines5_celseq2',
  'mouse_villus_enterocytes',
  'mouse_heart_1k',
];
const defaults = ['--models', 'crate,latent-dit,wbdit,dit,dit-small'];

const results = join('docs', 'results.md');

async function main([folder, ...options]: readonly string[]): Promise<number> {
  if (folder === undefined || folder.startsWith('-')) {
    throw new OptionError('reproduce-comparison', 'the folder is missing', 'FOLDER [options of compare]');
  }
  const files = sets.map((name) => join(data, 'data', `${name}.h5ad`));
  const missing = files.find((file) => !existsSync(file));
  if (missing !== undefined)
    throw new FileError(missing, 'does not exist', 'Set CELLCRATE_SHARED to its folder');
  const models = options.includes('--models') ? [] : defaults;
  const args = ['compare', ...files, '-o', folder, ...models, ...options];
  const begun = Date.now();
  const { status } = spawnSync(process.execPath, [join('dist', 'cli', 'main.js'), ...args], {
    stdio: 'inherit',
  });
  const written = join(folder, 'comparison.json');
  // An older one, of other options that compare has refused, is not this command's.
  if (!existsSync(written) || statSync(written).mtimeMs < begun) return status ?? 1;
  const comparison = JSON.parse(readFileSync(written, 'utf8')) as Comparison;
  const command = ['cellcrate', ...args].join(' ');
  await writeFileAtomic(
    results,
    replaceBetween(
      results,
      readFileSync(results, 'utf8'),
      'comparison',
      comparisonMarkdown(comparison, command),
    ),
  );
  return status ?? 1;
}

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = error instanceof CellcrateError ? error.exitStatus : 2;
}
