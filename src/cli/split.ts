import type { Command } from 'commander';
import type { SplitSummary } from '../model/split.js';
import { formatAmount, formatCount } from '../number-format.js';
import { addCommonOptions, type CommonOptions, share } from './options.js';
import { stepReport } from './progress.js';
import { alignColumns } from './table.js';
import { writeOutput } from './write-output.js';

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
  await writeOutput(flags.out, quiet === true, async (progress, signal) => {
    // Loaded only now: HDF5 is large, and --help should not wait for it.
    const { split } = await import('../model/split.js');
    const summary = await split(file, {
      ...options,
      signal,
      onProgress: (report) => progress.update(stepReport('split', report)),
    });
    progress.end();
    for (const warning of summary.warnings) progress.message(`Warning: ${warning}`);
    return describeSplit(summary, flags.labelKey === undefined, verbose === true);
  });
}

/** What was written, line by line. */
function describeSplit(
  { train, test, labelKey, seed, labels }: SplitSummary,
  isLabelFound: boolean,
  everything: boolean,
): string[] {
  const by =
    labelKey === null
      ? 'not stratified: no obs column is obviously the labels'
      : `stratified by ${labelKey}${isLabelFound ? ', the obvious label column' : ''}`;
  const rows = labels.map(({ label, train, test }) => [
    `  ${label ?? '(missing)'}`,
    formatCount(train),
    formatCount(test),
  ]);
  return [
    `Wrote ${train.file}: ${formatAmount(train.cells, 'cell')}`,
    `Wrote ${test.file}: ${formatAmount(test.cells, 'cell')}`,
    `Seed ${seed}, ${by}`,
    ...(everything ? alignColumns([['  label', 'train', 'test'], ...rows], [1, 2]) : []),
  ];
}
