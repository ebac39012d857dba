import type { Command } from 'commander';
import { formatAmount, formatCount } from '../number-format.js';
import { catchInterruption } from './interruption.js';
import { addCommonOptions, type CommonOptions, share } from './options.js';
import { printable } from './printable.js';
import { alignColumns } from './table.js';

interface SplitFlags extends CommonOptions {
  out: string;
  testFraction?: number;
  labelKey?: string;
  force?: true;
}

export function addSplitCommand(program: Command): void {
  const command = program
    .command('split')
    .description('Set cells aside: train.h5ad and test.h5ad, every label in proportion.')
    .argument('<file>', 'the .h5ad to split')
    .requiredOption('-o, --out <dir>', 'folder for train.h5ad and test.h5ad')
    .option('--test-fraction <F>', 'share of the cells for test.h5ad (0.25)', share('--test-fraction'))
    .option('--label-key <column>', 'obs column to stratify by (the obvious one, if there is one)')
    .option('--force', 'replace existing files');
  addCommonOptions(command)
    .addHelpText(
      'after',
      `
Examples:
  cellcrate split pbmc.h5ad -o pbmc
  cellcrate split pbmc.h5ad -o pbmc --test-fraction 0.1 --label-key cell_type --seed 1`,
    )
    .action(runSplit);
}

async function runSplit(file: string, flags: SplitFlags): Promise<void> {
  const { quiet, debug: _debug, threads: _threads, verbose, ...options } = flags;
  // Loaded only now: HDF5 is large, and --help should not wait for it.
  const { split } = await import('../model/split.js');
  const interruption = catchInterruption(() => undefined);
  try {
    const result = await split(file, { ...options, signal: interruption.signal });
    const by =
      result.labelKey === null
        ? 'not stratified: no obs column is obviously the labels'
        : `stratified by ${result.labelKey}${flags.labelKey === undefined ? ', the obvious label column' : ''}`;
    const lines = [
      `Wrote ${result.train.file}: ${formatAmount(result.train.cells, 'cell')}`,
      `Wrote ${result.test.file}: ${formatAmount(result.test.cells, 'cell')}`,
      `Seed ${result.seed}, ${by}`,
    ];
    if (verbose) {
      const rows = result.labels.map(({ label, train, test }) => [
        `  ${label ?? '(missing)'}`,
        formatCount(train),
        formatCount(test),
      ]);
      lines.push(...alignColumns([['  label', 'train', 'test'], ...rows], [1, 2]));
    }
    if (!quiet)
      for (const warning of result.warnings) process.stderr.write(`Warning: ${printable(warning)}\n`);
    process.stdout.write(`${printable(lines.join('\n'))}\n`);
  } catch (error) {
    const status = interruption.exitStatus();
    if (status === null) throw error;
    process.stderr.write('cellcrate: interrupted; nothing was written\n');
    process.exitCode = status;
  } finally {
    interruption.release();
  }
}
